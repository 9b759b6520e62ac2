//! What generated code has in common, written once: the code generator states facts, and these
//! macros turn them into implementations.

/// Implements `Structure` and a redacting `Debug` for a generated structure. Each field stands
/// with the index of its member in the schema.
macro_rules! structure {
    ($name:ident, $schema:ident, [$($index:literal $field:ident),* $(,)?]) => {
        impl ::aws_schema::Structure for $name {
            const SCHEMA: &'static ::aws_schema::Schema = &super::schemas::$schema;

            fn write_members(&self, writer: &mut dyn ::aws_schema::Writer) {
                // A structure without members does not use it.
                let _ = &writer;
                $(::aws_schema::write_member(writer, Self::SCHEMA, $index, &self.$field);)*
            }

            fn read_member(
                &mut self,
                index: usize,
                reader: &mut dyn ::aws_schema::Reader,
            ) -> ::core::result::Result<(), ::aws_schema::ReadError> {
                let _ = &reader;
                match index {
                    $($index => ::aws_schema::read_member(
                        reader,
                        Self::SCHEMA,
                        $index,
                        &mut self.$field,
                    ),)*
                    _ => Err(::aws_schema::ReadError::new("no such member in the model")),
                }
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::aws_schema::debug(self, f)
            }
        }
    };
}

/// Declares an enumeration that is open to values which the model does not list.
macro_rules! enumeration {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// A value that the model does not list.
            Unknown(::std::string::String),
        }

        impl $name {
            /// Every value that the model lists.
            pub const VALUES: &'static [&'static str] = &[$($text),*];

            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Unknown(text.to_owned()),
                }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::aws_schema::Value for $name {
            fn write(
                &self,
                schema: &'static ::aws_schema::Schema,
                writer: &mut dyn ::aws_schema::Writer,
            ) {
                writer.string(schema, self.as_str());
            }

            fn read(
                schema: &'static ::aws_schema::Schema,
                reader: &mut dyn ::aws_schema::Reader,
            ) -> ::core::result::Result<Self, ::aws_schema::ReadError> {
                Ok(Self::from(reader.string(schema)?.as_str()))
            }
        }
    };
}

/// Declares `Error`, the errors of one service: those that its typed operations declare, and
/// those common to all. Each line gives the shape, its constructor, its `ErrorShape`, and the
/// field that holds the message.
macro_rules! errors {
    ($($name:ident $constructor:ident $shape:ident $message:ident,)*) => {
        /// Every error that the service's typed operations answer with.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Error {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                $name(super::types::$name),
            )*
            /// An error that AWS documents and answers with but its model does not declare, as
            /// all of EC2's.
            Undeclared {
                /// The code on the wire, for instance `InvalidVpcID.NotFound`.
                code: &'static str,
                /// The HTTP status.
                status: u16,
                /// What is wrong, for the caller.
                message: ::std::string::String,
            },
            /// An error common to all services.
            Common(::aws_core::Common),
        }

        impl Error {
            /// An error that the model does not declare, with its code and HTTP status.
            #[must_use]
            pub fn undeclared(
                code: &'static str,
                status: u16,
                message: impl ::core::convert::Into<::std::string::String>,
            ) -> Self {
                Self::Undeclared {
                    code,
                    status,
                    message: message.into(),
                }
            }

            $(
                #[doc = concat!("`", stringify!($name), "` with this message.")]
                #[must_use]
                #[allow(clippy::needless_update, reason = "most errors have no other member")]
                pub fn $constructor(
                    message: impl ::core::convert::Into<::std::string::String>,
                ) -> Self {
                    Self::$name(super::types::$name {
                        $message: Some(message.into()),
                        ..::core::default::Default::default()
                    })
                }
            )*
        }

        $(
            impl ::core::convert::From<super::types::$name> for Error {
                fn from(error: super::types::$name) -> Self {
                    Self::$name(error)
                }
            }
        )*

        impl ::core::convert::From<::aws_core::Common> for Error {
            fn from(error: ::aws_core::Common) -> Self {
                Self::Common(error)
            }
        }

        impl ::aws_core::ServiceError for Error {
            fn common(&self) -> ::core::option::Option<&::aws_core::Common> {
                match self {
                    Self::Common(error) => Some(error),
                    _ => None,
                }
            }

            fn code(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $shape.code,)*
                    Self::Undeclared { code, .. } => code,
                    Self::Common(_) => "",
                }
            }

            fn status(&self) -> u16 {
                match self {
                    $(Self::$name(_) => $shape.status,)*
                    Self::Undeclared { status, .. } => *status,
                    Self::Common(_) => 0,
                }
            }

            fn shape(&self) -> ::core::option::Option<&dyn ::aws_schema::Shape> {
                match self {
                    $(Self::$name(error) => Some(error),)*
                    Self::Undeclared { .. } | Self::Common(_) => None,
                }
            }

            fn message(&self) -> &str {
                match self {
                    $(Self::$name(error) => error.$message.as_deref().unwrap_or(""),)*
                    Self::Undeclared { message, .. } => message,
                    Self::Common(error) => crate::dispatch::common_message(error),
                }
            }
        }

        impl ::core::fmt::Display for Error {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    $(Self::$name(error) => write!(
                        f,
                        "{}: {}",
                        $shape.code,
                        error.$message.as_deref().unwrap_or(""),
                    ),)*
                    Self::Undeclared { code, message, .. } => write!(f, "{code}: {message}"),
                    Self::Common(error) => error.fmt(f),
                }
            }
        }

        impl ::std::error::Error for Error {}
    };
}

/// Implements `aws_core::Service` for `Server`: finds the operation by its name, reads and
/// checks its input, and calls the method of the service's trait.
macro_rules! server {
    ($trait:ident { $($name:literal => $method:ident,)* }) => {
        /// The service as the gateway sees it, around an implementation of its trait.
        #[derive(Debug)]
        pub struct Server<T>(pub ::std::sync::Arc<T>);

        impl<T> ::core::clone::Clone for Server<T> {
            fn clone(&self) -> Self {
                Self(::std::sync::Arc::clone(&self.0))
            }
        }

        impl<T: $trait> ::aws_core::Service for Server<T> {
            fn schema(&self) -> &'static ::aws_schema::ServiceSchema {
                &super::SERVICE
            }

            fn call(
                &self,
                operation: &'static ::aws_schema::Operation,
                caller: ::aws_core::Caller,
                input: &mut dyn ::aws_schema::Reader,
                validate: &dyn Fn(
                    &dyn ::aws_schema::Shape,
                ) -> ::core::result::Result<(), ::aws_core::Common>,
            ) -> ::core::result::Result<
                crate::dispatch::Work,
                ::aws_core::CallError,
            > {
                let service = ::std::sync::Arc::clone(&self.0);
                match operation.name {
                    $($name => {
                        let input = crate::dispatch::input(input, validate)?;
                        Ok(::std::boxed::Box::pin(async move {
                            crate::dispatch::answer(service.$method(&caller, input).await)
                        }))
                    })*
                    other => Err(crate::dispatch::not_supported(&super::SERVICE, other)),
                }
            }
        }
    };
}

/// Declares `read_shape`: reads any input, output or error of the service by its name.
macro_rules! shape_reader {
    ($($name:literal => $shape:ident,)*) => {
        /// Reads the input, output or error shape of that name; `None` where a typed operation
        /// has no such shape.
        #[cfg(feature = "conformance")]
        pub fn read_shape(
            name: &str,
            reader: &mut dyn ::aws_schema::Reader,
        ) -> ::core::option::Option<crate::dispatch::AnyShape> {
            Some(match name {
                $($name => crate::dispatch::any_shape::<super::types::$shape>(reader),)*
                _ => return None,
            })
        }
    };
}
