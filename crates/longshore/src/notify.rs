//! Tells systemd that the service is ready (sd_notify(3)), where it asks for it.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Where systemd listens; a name that begins with `@` is an abstract one.
const VARIABLE: &str = "NOTIFY_SOCKET";

/// Says that the service is ready. Without systemd nobody is told.
pub(crate) fn ready() {
    let Ok(name) = std::env::var(VARIABLE) else {
        return;
    };
    if let Err(error) = send(&name, b"READY=1\n") {
        tracing::warn!(%error, "systemd could not be told that we are ready");
    }
}

fn send(name: &str, message: &[u8]) -> io::Result<()> {
    let address = match name.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(name)?,
    };
    UnixDatagram::unbound()?.send_to_addr(message, &address)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systemd_hears_it_at_a_path_and_at_an_abstract_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let name = format!("@longshore-test-{}", std::process::id());
        let at_path = UnixDatagram::bind(&path).unwrap();
        let abstract_address = SocketAddr::from_abstract_name(&name[1..]).unwrap();
        let at_name = UnixDatagram::bind_addr(&abstract_address).unwrap();
        for (name, socket) in [(path.to_str().unwrap(), at_path), (&name, at_name)] {
            send(name, b"READY=1\n").unwrap();
            let mut buffer = [0; 16];
            let length = socket.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], b"READY=1\n");
        }
    }
}
