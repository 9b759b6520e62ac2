//! What a container's network leads to: ports, sockets and raw packets, as the caller names them.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::Outcome;
use super::calls::call;
use super::net::{number, socket};

/// What is dropped is never answered; what is not would be within milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// Of those who are to answer, on however slow a machine.
const LONG_PATIENCE: Duration = Duration::from_secs(60);
/// Looked at before it is held that a text does not pass by.
const FRAMES_MAX: u32 = 10_000;
const AF_INET: usize = 2;
const AF_PACKET: usize = 17;
const SOCK_RAW: usize = 3;
/// The header is the sender's own.
const IPPROTO_RAW: usize = 255;
/// `ETH_P_ALL` in network byte order.
const EVERY_ETHERTYPE: usize = 3_u16.to_be() as usize;
const UDP: u8 = 17;

/// Makes the attempt that is written as `KIND:WHERE`:
///
/// - `tcp:ADDRESS:PORT=WORD` looks whether what answers there begins with a word: what lies beyond the host may
///   answer for any address; `sure:` does the same for as long as it takes;
/// - `unix:PATH` and `abstract:NAME` connect;
/// - `packet:` opens a raw socket of the link layer, and `sniff:TEXT` looks for a text with it;
/// - `send:FROM>TO:PORT=TEXT` sends a datagram of that address, `0.0.0.0` being its own. Whether it arrives is for
///   the receiver to tell.
pub(super) fn attempt(what: &str) -> Outcome {
    let Some((kind, place)) = what.split_once(':') else {
        return Outcome::Refused(io::ErrorKind::InvalidInput.into());
    };
    let done = match kind {
        "tcp" => return ask(place, PATIENCE),
        "sure" => return ask(place, LONG_PATIENCE),
        "unix" => UnixStream::connect(place).map(drop),
        "abstract" => std::os::unix::net::SocketAddr::from_abstract_name(place)
            .and_then(|address| UnixStream::connect_addr(&address))
            .map(drop),
        "packet" => packets().map(drop),
        "sniff" => return sniff(place),
        "send" => send(place),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    };
    done.into()
}

fn ask(place: &str, patience: Duration) -> Outcome {
    let (address, word) = place.split_once('=').unwrap_or((place, ""));
    let mut answer = vec![0; word.len()];
    let mut read = || {
        let address: SocketAddr = address.parse().map_err(io::Error::other)?;
        let mut stream = TcpStream::connect_timeout(&address, patience)?;
        stream.set_read_timeout(Some(patience))?;
        stream.write_all(b"GET /health HTTP/1.0\r\n\r\n")?;
        stream.read_exact(&mut answer)
    };
    match read() {
        Ok(()) if answer == word.as_bytes() => Outcome::Done,
        Ok(()) => Outcome::Nothing,
        // The standard library's own has no number.
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            Outcome::Refused(io::Error::from_raw_os_error(libc::ETIMEDOUT))
        }
        Err(error) => Outcome::Refused(error),
    }
}

fn packets() -> io::Result<OwnedFd> {
    socket(AF_PACKET, SOCK_RAW, EVERY_ETHERTYPE)
}

/// Whether a text passes by on any link, until nothing does for a while.
fn sniff(text: &str) -> Outcome {
    let search = || -> io::Result<bool> {
        let socket = packets()?;
        // SOL_SOCKET, SO_RCVTIMEO: struct timeval.
        let wait = [PATIENCE.as_secs(), 0];
        let (place, size) = (wait.as_ptr() as usize, size_of_val(&wait));
        call(
            libc::SYS_setsockopt,
            [number(&socket), 1, 20, place, size, 0],
        )?;
        let mut buffer = [0u8; 2_048];
        for _ in 0..FRAMES_MAX {
            let (place, size) = (buffer.as_mut_ptr() as usize, buffer.len());
            let length = call(libc::SYS_recvfrom, [number(&socket), place, size, 0, 0, 0])?;
            let length = usize::try_from(length).unwrap_or_default();
            let frame = buffer.get(..length).unwrap_or_default();
            if frame
                .windows(text.len())
                .any(|part| part == text.as_bytes())
            {
                return Ok(true);
            }
        }
        Ok(false)
    };
    match search() {
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::Nothing,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Outcome::Nothing,
        Err(error) => Outcome::Refused(error),
    }
}

/// `struct sockaddr_in`: the port is in the packet.
#[repr(C)]
struct Address {
    family: u16,
    port: u16,
    address: [u8; 4],
    zero: [u8; 8],
}

fn send(what: &str) -> io::Result<()> {
    let wrong = || io::Error::from(io::ErrorKind::InvalidInput);
    let (from, rest) = what.split_once('>').ok_or_else(wrong)?;
    let (to, text) = rest.split_once('=').ok_or_else(wrong)?;
    let from: Ipv4Addr = from.parse().map_err(io::Error::other)?;
    let to: SocketAddrV4 = to.parse().map_err(io::Error::other)?;
    let packet = datagram(from, to, text)?;
    let socket = socket(AF_INET, SOCK_RAW, IPPROTO_RAW)?;
    let address = Address {
        family: 2,
        port: 0,
        address: to.ip().octets(),
        zero: [0; 8],
    };
    call(
        libc::SYS_sendto,
        [
            number(&socket),
            packet.as_ptr() as usize,
            packet.len(),
            0,
            &raw const address as usize,
            size_of::<Address>(),
        ],
    )
    .map(drop)
}

/// The kernel fills in lengths and sums of the IP header; without a sum, UDP has none.
fn datagram(from: Ipv4Addr, to: SocketAddrV4, text: &str) -> io::Result<Vec<u8>> {
    let length = u16::try_from(8 + text.len()).map_err(io::Error::other)?;
    let mut packet = vec![0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, UDP, 0, 0];
    packet.extend(from.octets());
    packet.extend(to.ip().octets());
    for part in [to.port(), to.port(), length, 0] {
        packet.extend(part.to_be_bytes());
    }
    packet.extend(text.as_bytes());
    Ok(packet)
}

/// Answers at a port by TCP with a word, and says what comes there by UDP and of whom. Never ends.
pub(super) fn hear(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port))?;
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port))?;
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // Who asks has its answer or not: it tells.
            let _ = stream.write_all(b"here");
        }
    });
    println!("listening");
    let mut buffer = [0; 256];
    loop {
        let (length, from) = socket.recv_from(&mut buffer)?;
        let text = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default());
        println!("{text} {}", from.ip());
    }
}
