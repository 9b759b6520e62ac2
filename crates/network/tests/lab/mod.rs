//! A machine in small: a host, tasks and an outside as network namespaces below one temporary folder.

pub(crate) mod raw;

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use network::linux::{Config, pin_network_namespace, unpin_network_namespace};
use network::{
    Attached, Attachment, CALLER_CONNECTIONS_MAX, InstanceId, Ipv4Cidr, LinuxNetwork, Network,
    Subnet, Vpc,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;

/// What is let through takes microseconds here.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// What is dropped is never answered; what is not would be within microseconds.
const DROP_TIMEOUT: Duration = Duration::from_millis(300);

pub(crate) fn ip(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

pub(crate) fn vpc(number: &str, cidr: &str) -> Vpc {
    Vpc {
        id: format!("vpc-{number}"),
        cidr: cidr.parse().unwrap(),
    }
}

/// A network namespace by its path.
#[derive(Clone)]
pub(crate) struct Netns(PathBuf);

impl Netns {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Runs `work` on a thread in the namespace.
    pub(crate) fn within<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let file = std::fs::File::open(&self.0).unwrap();
        let thread = thread::spawn(move || {
            rustix::thread::move_into_link_name_space(file.as_fd(), None).unwrap();
            work()
        });
        thread.join().unwrap()
    }

    /// Serves TCP at `address` until the test's process ends: tells each client that it is there (`+`) and who it
    /// seems to be, then echoes. Gives the port.
    pub(crate) fn serve(&self, address: &str) -> u16 {
        let address: SocketAddr = address.parse().unwrap();
        let listener = self.within(move || TcpListener::bind(address).unwrap());
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                thread::spawn(move || -> io::Result<()> {
                    let IpAddr::V4(peer) = stream.peer_addr()?.ip() else {
                        return Err(io::ErrorKind::Unsupported.into());
                    };
                    stream.write_all(b"+")?;
                    stream.write_all(&peer.octets())?;
                    let mut buffer = [0; 64];
                    loop {
                        match stream.read(&mut buffer)? {
                            0 => return Ok(()),
                            read => stream.write_all(&buffer[..read])?,
                        }
                    }
                });
            }
        });
        port
    }

    /// Whether a server could listen at `address` now, as servers do.
    pub(crate) fn try_listen(&self, address: &str) -> io::Result<()> {
        let address: SocketAddr = address.parse().unwrap();
        self.within(move || TcpListener::bind(address)).map(drop)
    }

    fn connect_within(&self, address: &str, timeout: Duration) -> io::Result<TcpStream> {
        let address: SocketAddr = address.parse().unwrap();
        let stream = self.within(move || TcpStream::connect_timeout(&address, timeout))?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        Ok(stream)
    }

    /// An open connection.
    pub(crate) fn stream(&self, address: &str) -> io::Result<TcpStream> {
        self.connect_within(address, ANSWER_TIMEOUT)
    }

    /// Connects, and gives who the server sees.
    #[track_caller]
    pub(crate) fn connect(&self, address: &str) -> Ipv4Addr {
        let answer = self.stream(address).and_then(|mut stream| {
            let mut answer = [0; 5];
            stream.read_exact(&mut answer)?;
            Ok(answer)
        });
        match answer {
            Ok([b'+', a, b, c, d]) => Ipv4Addr::new(a, b, c, d),
            other => panic!("from {} to {address}: {other:?}", self.0.display()),
        }
    }

    /// Receives UDP at `address`: who sent, in order.
    pub(crate) fn receiver(&self, address: &str) -> mpsc::Receiver<SocketAddr> {
        let address: SocketAddr = address.parse().unwrap();
        let socket = self.within(move || UdpSocket::bind(address).unwrap());
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 64];
            while let Ok((_, from)) = socket.recv_from(&mut buffer) {
                if sender.send(from).is_err() {
                    return;
                }
            }
        });
        receiver
    }

    pub(crate) fn send(&self, from: &str, to: &str) {
        let (from, to): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
        self.within(move || {
            let socket = UdpSocket::bind(from).unwrap();
            socket.send_to(b"x", to).unwrap();
        });
    }

    fn command(&self, program: &str, arguments: &[&str]) -> std::process::Output {
        Command::new("nsenter")
            .arg(format!("--net={}", self.0.display()))
            .arg(program)
            .args(arguments)
            .output()
            .unwrap()
    }

    #[track_caller]
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program, arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {complaint}"
        );
        String::from_utf8(output.stdout).unwrap()
    }
}

#[track_caller]
pub(crate) fn denied(from: &Netns, address: &str) {
    match from.connect_within(address, DROP_TIMEOUT) {
        Err(error) => assert!(
            matches!(
                error.kind(),
                io::ErrorKind::TimedOut
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::NetworkUnreachable
            ),
            "{error}"
        ),
        Ok(_) => panic!("{} reached {address}", from.0.display()),
    }
}

/// Somebody answers that nobody is there, or nobody answers: what asks arrives nowhere.
#[track_caller]
pub(crate) fn refused(from: &Netns, address: &str) {
    match from.connect_within(address, DROP_TIMEOUT) {
        Err(error) => assert!(
            matches!(
                error.kind(),
                io::ErrorKind::TimedOut | io::ErrorKind::ConnectionRefused
            ),
            "{error}"
        ),
        Ok(_) => panic!("{} reached {address}", from.0.display()),
    }
}

/// Opens all the connections that one caller may have, and finds that it may have no more.
#[track_caller]
pub(crate) fn hoard(from: &Netns, address: &str) -> Vec<TcpStream> {
    // Both ends are this process's, and many a shell gives it 1024 files.
    let files = getrlimit(Resource::Nofile);
    let current = files.maximum;
    setrlimit(Resource::Nofile, Rlimit { current, ..files }).unwrap();
    let held: Vec<_> = (0..CALLER_CONNECTIONS_MAX)
        .map(|_| {
            let mut stream = from.stream(address).unwrap();
            stream.read_exact(&mut [0; 5]).unwrap();
            stream
        })
        .collect();
    refused_at_once(from, address);
    held
}

/// Not silence, which a client would wait for.
#[track_caller]
pub(crate) fn refused_at_once(from: &Netns, address: &str) {
    match from.connect_within(address, ANSWER_TIMEOUT) {
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused, "{error}"),
        Ok(_) => panic!("{} reached {address}", from.0.display()),
    }
}

/// Waits for what happens a moment later.
pub(crate) async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < ANSWER_TIMEOUT, "{what}: not in time");
        tokio::task::yield_now().await;
    }
}

#[track_caller]
pub(crate) fn ip_command(netns: &Netns, arguments: &str) {
    let words: Vec<&str> = arguments
        .split(' ')
        .map(|word| if word == "''" { "" } else { word })
        .collect();
    netns.run("ip", &words);
}

#[track_caller]
pub(crate) fn nft(netns: &Netns, rules: &str) {
    let rules = rules.replace("{ ", "{\n").replace(" }", "\n}");
    netns.run("nft", &[&rules]);
}

/// A task with its namespace and interface.
pub(crate) struct Task {
    pub(crate) netns: Netns,
    pub(crate) attachment: Attachment,
    pub(crate) attached: Attached,
}

pub(crate) struct Lab {
    folder: TempDir,
    instance: InstanceId,
    pub(crate) host: Netns,
    own_host: bool,
}

impl Lab {
    fn new(host: impl FnOnce(&Path) -> Netns, own_host: bool) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("longshore-network-")
            .tempdir()
            .unwrap();
        Self {
            instance: InstanceId::from_seed(folder.path().to_str().unwrap()),
            host: host(folder.path()),
            folder,
            own_host,
        }
    }

    pub(crate) async fn with_own_host() -> Self {
        let lab = Self::new(|folder| Netns(folder.join("host")), true);
        pin_network_namespace(lab.host.path()).await.unwrap();
        ip_command(&lab.host, "link set lo up");
        lab
    }

    pub(crate) async fn on_the_machine() -> Self {
        Self::new(|_| Netns("/proc/self/ns/net".into()), false)
    }

    /// Opens the network, as each process of an agent does.
    pub(crate) async fn network(&self) -> LinuxNetwork {
        let config = Config {
            instance: self.instance.clone(),
            namespaces: self.folder.path().join("routers"),
            state: self.folder.path().join("state"),
            host_namespace: self.own_host.then(|| self.host.path().to_owned()),
        };
        LinuxNetwork::open(config).await.unwrap()
    }

    pub(crate) fn router(&self, vpc: &str) -> Netns {
        let name = format!("longshore-{}-{vpc}", self.instance);
        Netns(self.folder.path().join("routers").join(name))
    }

    pub(crate) fn bridge_router(&self) -> Netns {
        let name = format!("longshore-{}-_bridge", self.instance);
        Netns(self.folder.path().join("routers").join(name))
    }

    pub(crate) fn host_table(&self) -> String {
        format!("longshore_{}", self.instance)
    }

    /// As a crash does between removing a container's record and its port.
    pub(crate) fn forget_bridge_record(&self, address: Ipv4Addr) {
        let file = format!("state/bridge/{address}.json");
        std::fs::remove_file(self.folder.path().join(file)).unwrap();
    }

    pub(crate) fn host_link(&self) -> String {
        format!("ls-{}-0", self.instance)
    }

    pub(crate) async fn namespace(&self, name: &str) -> Netns {
        let netns = Netns(self.folder.path().join(name));
        pin_network_namespace(netns.path()).await.unwrap();
        netns
    }

    /// As `runtime` makes it for a Fargate task: a user namespace first, the network namespace in it.
    pub(crate) fn namespace_of_another_user_namespace(&self, name: &str) -> Netns {
        let netns = Netns(self.folder.path().join(name));
        std::fs::write(netns.path(), "").unwrap();
        let mut holder = Command::new("unshare")
            .args(["--user", "--map-root-user", "--net"])
            .args(["sh", "-c", "echo ready; read end"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0; 6];
        let output = holder.stdout.as_mut().unwrap();
        output.read_exact(&mut ready).unwrap();
        let own = format!("/proc/{}/ns/net", holder.id());
        rustix::mount::mount_bind(own, netns.path()).unwrap();
        drop(holder.stdin.take());
        holder.wait().unwrap();
        netns
    }

    /// A network beyond the host, which knows no way back to tasks.
    pub(crate) async fn outside(&self) -> Netns {
        let outside = self.namespace("outside").await;
        let path = outside.path().to_str().unwrap();
        let pair = "link add uplink type veth peer name inside netns";
        // `ip` takes a path for a namespace's name when it has a slash.
        ip_command(&self.host, &format!("{pair} {path}"));
        ip_command(&self.host, "address add 203.0.113.1/24 dev uplink");
        ip_command(&self.host, "link set uplink up");
        ip_command(&outside, "address add 203.0.113.2/24 dev inside");
        ip_command(&outside, "link set inside up");
        outside
    }

    /// What a task of `vpc-1` wants, in a /20 around `address`.
    pub(crate) async fn wanted(
        &self,
        task_id: &str,
        address: &str,
        groups: &[&str],
    ) -> (Attachment, Netns) {
        let netns = self.namespace(task_id).await;
        let subnet = Ipv4Cidr::containing(ip(address), 20).unwrap();
        let attachment = Attachment {
            task_id: task_id.to_owned(),
            vpc: vpc("1", "10.77.0.0/16"),
            subnet: Subnet {
                id: format!("subnet-{:08x}", subnet.network().to_bits()),
                cidr: subnet,
            },
            address: ip(address),
            security_groups: groups.iter().map(ToString::to_string).collect(),
            netns: netns.path().to_owned(),
        };
        (attachment, netns)
    }

    pub(crate) async fn attach(
        &self,
        network: &LinuxNetwork,
        task_id: &str,
        address: &str,
        groups: &[&str],
    ) -> Task {
        let netns = self.namespace(task_id).await;
        self.attach_namespace(network, task_id, address, groups, netns)
            .await
    }

    pub(crate) async fn attach_namespace(
        &self,
        network: &LinuxNetwork,
        task_id: &str,
        address: &str,
        groups: &[&str],
        netns: Netns,
    ) -> Task {
        let (attachment, _) = self.wanted(task_id, address, groups).await;
        let attached = network.attach(&attachment).await.unwrap();
        Task {
            netns,
            attachment,
            attached,
        }
    }

    /// All that the network could leave behind: on the host, and as files.
    pub(crate) fn footprint(&self) -> Vec<String> {
        let names = |listing: String| -> Vec<String> {
            // The interfaces' numbers are the kernel's.
            let name = |line: &str| line.split(": ").nth(1).map(str::to_owned);
            listing.lines().filter_map(name).collect()
        };
        let mut found = names(self.host.run("ip", &["-o", "link"]));
        for command in [
            "ip -4 -o address",
            "ip -4 route show table all",
            "nft list ruleset",
        ] {
            let (program, arguments) = command.split_once(' ').unwrap();
            let arguments: Vec<&str> = arguments.split(' ').collect();
            let listing = self.host.run(program, &arguments);
            found.extend(listing.lines().map(str::to_owned));
        }
        for folder in ["routers", "state"] {
            let Ok(entries) = std::fs::read_dir(self.folder.path().join(folder)) else {
                continue;
            };
            found.extend(entries.map(|entry| entry.unwrap().path().display().to_string()));
        }
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        let routers = self.folder.path().join("routers").display().to_string();
        let pins = mounts.lines().filter(|line| line.contains(&routers));
        found.extend(pins.map(str::to_owned));
        found
    }
}

impl Drop for Lab {
    /// Also after a failed test: namespaces end with their pins, and links with their namespaces.
    fn drop(&mut self) {
        for folder in [
            self.folder.path().join("routers"),
            self.folder.path().into(),
        ] {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                    let _ = unpin_network_namespace(&entry.path());
                }
            }
        }
        if !self.own_host {
            let table = format!("longshore_{}", self.instance);
            let delete = ["delete", "table", "ip", &table];
            let _ = Command::new("nft").args(delete).output();
        }
    }
}
