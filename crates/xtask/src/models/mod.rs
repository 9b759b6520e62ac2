//! `cargo xtask models`: takes the facts of a service out of botocore's model, and reads them
//! back for codegen. Documentation is not taken: only names, shapes, constraints and traits.

mod botocore;
mod document;
mod layout;
mod members;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub(crate) use document::{Member, Model, Operation, Shape, Target};
pub(crate) use members::complete as complete_members;

use crate::error::Error;
use crate::tree;

/// Imports `models/<service>.json` for every service named, or for all that have an operations
/// list when none is named.
pub(crate) fn import(
    root: &Path,
    botocore: Option<PathBuf>,
    services: &[&str],
) -> Result<(), Error> {
    let package = botocore::Package::find(root, botocore)?;
    let all = self::services(root)?;
    let chosen: Vec<&str> = if services.is_empty() {
        all.iter().map(String::as_str).collect()
    } else {
        services.to_vec()
    };
    for service in chosen {
        let typed = typed_operations(root, service)?;
        let mut model = package.model(service)?;
        model.source = format!("botocore {}", package.version);
        keep_reached(service, &mut model, &typed)?;
        let path = model_path(root, service);
        let value = serde_json::to_value(&model).map_err(|source| Error::Json {
            path: path.clone(),
            source,
        })?;
        tree::write(&path, &layout::render(&value))?;
        println!(
            "models/{service}.json: {} typed operations, {} others, {} shapes",
            model.operations.len(),
            model.untyped.len(),
            model.shapes.len()
        );
    }
    Ok(())
}

/// Every service that has a list of typed operations, sorted.
pub(crate) fn services(root: &Path) -> Result<Vec<String>, Error> {
    Ok(tree::entries(&root.join("models"))?
        .iter()
        .filter_map(|path| tree::name(path).strip_suffix(".operations"))
        .map(str::to_owned)
        .collect())
}

/// The names in `models/<service>.operations`, one a line.
pub(crate) fn typed_operations(root: &Path, service: &str) -> Result<BTreeSet<String>, Error> {
    let path = root.join("models").join(format!("{service}.operations"));
    Ok(lines(&tree::read(&path)?))
}

/// Shapes that hold secrets although the model does not say so.
const SENSITIVE: &str = "sensitive";
/// Enumerations whose service takes more values than the model lists, and checks them itself.
const OPEN: &str = "open";

/// The names of shapes in `models/<service>.<list>`, one a line, where there is such a file.
fn shapes_of(root: &Path, service: &str, list: &str) -> Result<BTreeSet<String>, Error> {
    let path = root.join("models").join(format!("{service}.{list}"));
    if path.exists() {
        Ok(lines(&tree::read(&path)?))
    } else {
        Ok(BTreeSet::new())
    }
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Reads a service's model, and marks what its table of members refuses.
pub(crate) fn load(root: &Path, service: &str) -> Result<Model, Error> {
    let mut model = read(root, service)?;
    members::apply(root, service, &mut model)?;
    Ok(model)
}

/// Reads `models/<service>.json`, checks that it was imported for the present list, and marks
/// the secrets that the model does not, and the enumerations that are open.
fn read(root: &Path, service: &str) -> Result<Model, Error> {
    let path = model_path(root, service);
    let mut model: Model =
        serde_json::from_str(&tree::read(&path)?).map_err(|source| Error::Json { path, source })?;
    let imported: BTreeSet<String> = model.operations.keys().cloned().collect();
    if imported != typed_operations(root, service)? {
        return Err(Error::model(
            service,
            format!("{service}.operations has changed; run `cargo xtask models {service}`"),
        ));
    }
    for list in [SENSITIVE, OPEN] {
        for name in shapes_of(root, service, list)? {
            let Some(shape) = model.shapes.get_mut(&name) else {
                return Err(Error::model(
                    service,
                    format!("{service}.{list} names {name}, which no typed operation reaches"),
                ));
            };
            match list {
                OPEN => shape.open = true,
                _ => shape.sensitive = true,
            }
        }
    }
    Ok(model)
}

fn model_path(root: &Path, service: &str) -> PathBuf {
    root.join("models").join(format!("{service}.json"))
}

/// Leaves the typed operations whole, the names of all others, and the shapes that the typed
/// operations reach.
fn keep_reached(service: &str, model: &mut Model, typed: &BTreeSet<String>) -> Result<(), Error> {
    if let Some(unknown) = typed
        .iter()
        .find(|name| !model.operations.contains_key(*name))
    {
        return Err(Error::model(
            service,
            format!("the model has no operation {unknown}"),
        ));
    }
    let (kept, others): (BTreeMap<_, _>, BTreeMap<_, _>) = std::mem::take(&mut model.operations)
        .into_iter()
        .partition(|(name, _)| typed.contains(name));
    model.operations = kept;
    model.untyped = others.into_keys().collect();

    let mut waiting: Vec<String> = model
        .operations
        .values()
        .flat_map(Operation::shapes)
        .map(str::to_owned)
        .collect();
    let mut kept = BTreeMap::new();
    while let Some(name) = waiting.pop() {
        if kept.contains_key(&name) {
            continue;
        }
        let shape = model
            .shapes
            .remove(&name)
            .ok_or_else(|| Error::model(service, format!("shape {name} is not in the model")))?;
        waiting.extend(shape.targets().map(str::to_owned));
        kept.insert(name, shape);
    }
    model.shapes = kept;
    document::refuse_unknown_traits(service, model)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        serde_json::from_str(
            r#"{
                "metadata": {"apiVersion": "1", "endpointPrefix": "x", "serviceId": "X",
                             "protocols": ["json"]},
                "operations": {
                    "A": {"name": "A", "documentation": "prose", "input": {"shape": "In"}},
                    "B": {"name": "B", "input": {"shape": "Other"}}
                },
                "shapes": {
                    "In": {"type": "structure", "documentation": "prose",
                           "members": {"s": {"shape": "S", "documentation": "prose"}}},
                    "S": {"type": "string", "max": 3},
                    "Other": {"type": "structure", "members": {}}
                }
            }"#,
        )
        .unwrap()
    }

    fn typed(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_what_a_typed_operation_reaches_is_kept_and_prose_is_not() {
        let mut model = model();
        keep_reached("x", &mut model, &typed(&["A"])).unwrap();
        assert_eq!(model.untyped, ["B"]);
        assert_eq!(model.shapes.keys().collect::<Vec<_>>(), ["In", "S"]);
        let text = layout::render(&serde_json::to_value(&model).unwrap());
        assert!(!text.contains("prose"), "{text}");
        assert!(!text.contains("Other"), "{text}");
    }

    #[test]
    fn an_operation_that_the_model_lacks_is_named() {
        let error = keep_reached("x", &mut model(), &typed(&["C"])).unwrap_err();
        assert!(error.to_string().contains("no operation C"), "{error}");
    }

    #[test]
    fn a_trait_that_the_generator_was_not_taught_is_refused() {
        let mut model = model();
        if let Some(shape) = model.shapes.get_mut("S") {
            shape.other.insert("jsonvalue".to_owned(), true.into());
        }
        let error = keep_reached("x", &mut model, &typed(&["A"])).unwrap_err();
        assert!(error.to_string().contains("jsonvalue"), "{error}");
    }
}
