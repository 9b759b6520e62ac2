//! Containers in the node's bridge network.

mod root {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use network::{
        BridgeAttached, BridgeRequest, Error, LinuxNetwork, Network, PortRequest, Protocol,
        SecurityGroup, VpcState,
    };

    use crate::lab::{Lab, Netns, denied, eventually, hoard, ip, ip_command, nft, refused, vpc};

    const TCP: Protocol = Protocol::Tcp;
    const UDP: Protocol = Protocol::Udp;

    fn one(container: u16, host: Option<u16>, protocol: Protocol) -> PortRequest {
        PortRequest::one(container, host, protocol)
    }

    async fn request(lab: &Lab, name: &str, ports: Vec<PortRequest>) -> (BridgeRequest, Netns) {
        let netns = lab.namespace(name).await;
        let request = BridgeRequest {
            owner_id: format!("0123abcd/{name}"),
            netns: netns.path().to_owned(),
            ports,
        };
        (request, netns)
    }

    async fn attach(
        lab: &Lab,
        network: &LinuxNetwork,
        name: &str,
        ports: Vec<PortRequest>,
    ) -> (BridgeAttached, Netns) {
        let (request, netns) = request(lab, name, ports).await;
        (network.attach_bridge(&request).await.unwrap(), netns)
    }

    fn default_state() -> VpcState {
        VpcState {
            vpc: vpc("1", "10.77.0.0/16"),
            security_groups: vec![SecurityGroup::default_of_vpc("sg-d", BTreeSet::new())],
        }
    }

    #[tokio::test]
    async fn a_container_that_hoards_connections_to_the_host_leaves_others_theirs() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        let (hoarder, inside) = attach(&lab, &network, "a", vec![]).await;
        let (_, other) = attach(&lab, &network, "b", vec![]).await;
        lab.host.serve("127.0.0.1:4566");
        // Also where the port is forwarded later than the router was made.
        let target = "127.0.0.1:4566".parse().unwrap();
        network.forward_host_port(4566, target).await.unwrap();
        let api = format!("{}:4566", hoarder.host_address);
        let _held = hoard(&inside, &api);
        other.connect(&api);
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn a_published_port_is_reached_from_everywhere() {
        let lab = Lab::with_own_host().await;
        let outside = lab.outside().await;
        // As Docker leaves it, with its network where ours would be.
        nft(
            &lab.host,
            "table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; } }",
        );
        ip_command(&lab.host, "link add docker0 type bridge");
        ip_command(&lab.host, "address add 172.17.0.1/16 dev docker0");
        ip_command(&lab.host, "link set docker0 up");
        let before = lab.footprint();
        let network = lab.network().await;
        network.apply(&default_state()).await.unwrap();

        let range = PortRequest {
            length: 3,
            ..one(7000, Some(9000), TCP)
        };
        let ports = vec![
            one(80, Some(8080), TCP),
            one(53, Some(8053), UDP),
            one(53, Some(8053), TCP),
            range,
        ];
        let (web, inside) = attach(&lab, &network, "web", ports).await;
        assert_eq!(web.address, ip("172.18.0.4"), "clear of Docker's");
        assert_eq!(web.gateway, ip("172.18.0.1"));
        assert_eq!(web.prefix_length, 20);
        let (client, inside_client) = attach(&lab, &network, "client", vec![]).await;
        let task = lab.attach(&network, "task", "10.77.0.4", &["sg-d"]).await;

        inside.serve("0.0.0.0:80");
        inside.serve("0.0.0.0:81");
        inside.serve("0.0.0.0:53");
        inside.serve("0.0.0.0:7002");
        // From another host, who is seen as it is.
        assert_eq!(outside.connect("203.0.113.1:8080"), ip("203.0.113.2"));
        outside.connect("203.0.113.1:9002");
        refused(&outside, "203.0.113.1:9001");
        refused(&outside, "203.0.113.1:81");
        // From the host itself.
        for address in ["203.0.113.1", "127.0.0.1", "172.17.0.1"] {
            lab.host.connect(&format!("{address}:8080"));
        }
        // From a task of a VPC, and from another container and the very same, at the host's addresses.
        let at_host = format!("{}:8080", task.attached.host_address);
        task.netns.connect(&at_host);
        task.netns.connect("203.0.113.1:8080");
        denied(&task.netns, &format!("{}:80", web.address));
        for netns in [&inside, &inside_client] {
            netns.connect(&format!("{}:8080", client.host_address));
            netns.connect("203.0.113.1:8080");
        }
        // Containers reach each other, and what is beyond the host, but no task of a VPC.
        assert_eq!(
            inside_client.connect(&format!("{}:81", web.address)),
            client.address
        );
        outside.serve("203.0.113.2:443");
        assert_eq!(inside.connect("203.0.113.2:443"), ip("203.0.113.1"));
        task.netns.serve("10.77.0.4:80");
        denied(&inside, "10.77.0.4:80");
        // UDP too, from outside and from loopback; the same port is published for TCP as well.
        outside.connect("203.0.113.1:8053");
        let receiver = inside.receiver("0.0.0.0:53");
        outside.send("203.0.113.2:1000", "203.0.113.1:8053");
        let from = receiver.recv_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(from, "203.0.113.2:1000".parse().unwrap());
        lab.host.send("127.0.0.1:1001", "127.0.0.1:8053");
        receiver.recv_timeout(Duration::from_secs(5)).unwrap();

        // Of the host they reach what is forwarded, and nothing on loopback.
        lab.host.serve("127.0.0.1:4566");
        lab.host.serve("0.0.0.0:4567");
        let api = format!("{}:4566", web.host_address);
        denied(&inside, &api);
        let target = "127.0.0.1:4566".parse().unwrap();
        network.forward_host_port(4566, target).await.unwrap();
        inside.connect(&api);
        denied(&inside, &format!("{}:4567", web.host_address));
        outside.connect("203.0.113.1:8080");
        ip_command(&lab.host, "address add 169.254.169.254/32 dev lo");
        lab.host.serve("169.254.169.254:80");
        denied(&inside, "169.254.169.254:80");
        ip_command(&lab.host, "address delete 169.254.169.254/32 dev lo");

        // Nothing leads to a container that has gone; the others stay.
        network.detach_bridge("0123abcd/web").await.unwrap();
        network.detach_bridge("0123abcd/web").await.unwrap();
        refused(&outside, "203.0.113.1:8080");
        refused(&lab.host, "127.0.0.1:8080");
        eventually("the container has lost its interface", || {
            !inside.run("ip", &["-o", "link"]).contains("eth0")
        })
        .await;
        let left = network.adopt_bridge().await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].owner_id, "0123abcd/client");
        network.teardown().await.unwrap();
        assert_eq!(lab.footprint(), before);
    }

    #[tokio::test]
    async fn a_host_port_is_one_containers() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        let busy = lab.host.serve("127.0.0.1:0");
        ip_command(&lab.host, "link set lo up");
        lab.host.run(
            "sysctl",
            &["-qw", "net.ipv4.ip_local_port_range=40000 40009"],
        );

        let (first, _) = attach(&lab, &network, "first", vec![one(80, Some(8080), TCP)]).await;
        assert_eq!(first.ports[0].host_port, 8080);
        let clash = async |name: &str, ports: Vec<PortRequest>| {
            let (request, _) = request(&lab, name, ports).await;
            network.attach_bridge(&request).await.unwrap_err()
        };
        // Another container's, a process's of the host, and one in the middle of a range.
        let taken = clash("second", vec![one(80, Some(8080), TCP)]).await;
        assert!(
            matches!(
                taken,
                Error::PortInUse {
                    port: 8080,
                    protocol: TCP
                }
            ),
            "{taken}"
        );
        assert!(taken.to_string().contains("port is already allocated"));
        let taken = clash("second", vec![one(80, Some(busy), TCP)]).await;
        assert!(
            matches!(taken, Error::PortInUse { port, .. } if port == busy),
            "{taken}"
        );
        let range = PortRequest {
            length: 5,
            ..one(1, Some(8078), TCP)
        };
        assert!(matches!(
            clash("second", vec![range]).await,
            Error::PortInUse { port: 8080, .. }
        ));
        assert_eq!(
            network.adopt_bridge().await.unwrap().len(),
            1,
            "refused whole"
        );
        // The same number is free for the other protocol.
        attach(&lab, &network, "udp", vec![one(80, Some(8080), UDP)]).await;

        // Dynamic ones: out of the kernel's range, in a row, past what others have.
        let busy = lab.host.serve("0.0.0.0:40001");
        assert_eq!(busy, 40001);
        let row = PortRequest {
            length: 2,
            ..one(90, None, TCP)
        };
        let ports = vec![one(80, None, TCP), row, one(80, None, UDP)];
        let (dynamic, _) = attach(&lab, &network, "dynamic", ports).await;
        let chosen: Vec<u16> = dynamic.ports.iter().map(|port| port.host_port).collect();
        assert_eq!(chosen, [40000, 40002, 40000]);

        // They are held: no process of the host can listen there, though it reuses addresses, and what a
        // process is given when it does not choose is none of them.
        for port in [8080, 40000, 40002, 40003] {
            let error = lab.host.try_listen(&format!("0.0.0.0:{port}")).unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse, "{port}");
            lab.host
                .try_listen(&format!("127.0.0.1:{port}"))
                .unwrap_err();
        }
        let given: BTreeSet<u16> = (0..6).map(|_| lab.host.serve("0.0.0.0:0")).collect();
        assert_eq!(given, [40004, 40005, 40006, 40007, 40008, 40009].into());
        let full = clash("second", vec![one(80, None, TCP)]).await;
        assert!(matches!(full, Error::NoFreePort { .. }), "{full}");

        // Given back, they are anybody's.
        network.detach_bridge("0123abcd/dynamic").await.unwrap();
        network.detach_bridge("0123abcd/first").await.unwrap();
        lab.host.try_listen("0.0.0.0:8080").unwrap();
        let (again, _) = attach(&lab, &network, "second", vec![one(80, None, TCP)]).await;
        assert!(chosen[..3].contains(&again.ports[0].host_port));
        network.teardown().await.unwrap();
        lab.host.try_listen("0.0.0.0:40002").unwrap();
    }

    #[tokio::test]
    async fn a_restart_finds_addresses_and_ports_again() {
        let lab = Lab::with_own_host().await;
        let outside = lab.outside().await;
        let before = lab.footprint();
        let network = lab.network().await;
        let ports = vec![one(80, None, TCP), one(81, Some(8081), TCP)];
        let (wanted, inside) = request(&lab, "web", ports).await;
        let attached = network.attach_bridge(&wanted).await.unwrap();
        assert_eq!(network.attach_bridge(&wanted).await.unwrap(), attached);
        let (other, _) = attach(&lab, &network, "other", vec![one(80, None, TCP)]).await;
        assert_ne!(other.address, attached.address);
        assert_ne!(other.ports, attached.ports);
        let host_port = attached.ports[0].host_port;
        let at_host = format!("203.0.113.1:{host_port}");
        inside.serve("0.0.0.0:80");
        inside.serve("0.0.0.0:82");
        outside.connect(&at_host);

        // While nobody is there, and after another process has applied something else.
        drop(network);
        outside.connect(&at_host);
        let network = lab.network().await;
        lab.host
            .try_listen(&format!("0.0.0.0:{host_port}"))
            .unwrap_err();
        network.apply(&default_state()).await.unwrap();
        lab.attach(&network, "task", "10.77.0.4", &["sg-d"]).await;
        outside.connect(&at_host);
        assert_eq!(network.adopt_bridge().await.unwrap().len(), 2);
        assert_eq!(network.attach_bridge(&wanted).await.unwrap(), attached);
        outside.connect(&at_host);

        // What a crash leaves: written down, and no port made; a port, and nothing written.
        drop(network);
        let router = lab.bridge_router();
        let name = format!("t{:08x}", attached.address.to_bits());
        ip_command(&router, &format!("link delete {name}"));
        lab.forget_bridge_record(other.address);
        let network = lab.network().await;
        assert_eq!(network.adopt_bridge().await.unwrap().len(), 1);
        assert_eq!(network.attach_bridge(&wanted).await.unwrap(), attached);
        outside.connect(&at_host);
        eventually("the port that nobody owns is gone", || {
            !router
                .run("ip", &["-o", "link"])
                .contains(&format!("t{:08x}", other.address.to_bits()))
        })
        .await;

        // Rules that somebody has flushed come back with the next call.
        for table in ["ip", "bridge"] {
            router.run("nft", &["delete", "table", table, "longshore"]);
        }
        let table = lab.host_table();
        lab.host.run("nft", &["delete", "table", "ip", &table]);
        network.attach_bridge(&wanted).await.unwrap();
        outside.connect(&at_host);

        // Other ports than before: the old ones lead nowhere and are free.
        let mut changed = wanted.clone();
        changed.ports[1] = one(82, Some(8082), TCP);
        let moved = network.attach_bridge(&changed).await.unwrap();
        assert_eq!(moved.address, attached.address);
        assert_eq!(moved.ports[0], attached.ports[0]);
        outside.connect("203.0.113.1:8082");
        lab.host.try_listen("0.0.0.0:8081").unwrap();

        // A process that knows nothing yet takes all away.
        drop(network);
        let network = lab.network().await;
        network.detach_bridge("0123abcd/web").await.unwrap();
        refused(&outside, &at_host);
        drop(network);
        lab.network().await.teardown().await.unwrap();
        assert_eq!(lab.footprint(), before);
    }

    #[tokio::test]
    async fn a_peer_that_goes_on_reaches_the_next_container_of_the_port() {
        let lab = Lab::with_own_host().await;
        let outside = lab.outside().await;
        let network = lab.network().await;
        let (peer, published) = ("203.0.113.2:1000", "203.0.113.1:8514");
        let mut addresses = BTreeSet::new();
        for name in ["first", "second"] {
            let ports = vec![one(514, Some(8514), UDP)];
            let (attached, inside) = attach(&lab, &network, name, ports).await;
            assert!(addresses.insert(attached.address), "one that has rested");
            let receiver = inside.receiver("0.0.0.0:514");
            outside.send(peer, published);
            let from = receiver.recv_timeout(Duration::from_secs(5)).unwrap();
            assert_eq!(from, peer.parse().unwrap());
            let owner = format!("0123abcd/{name}");
            network.detach_bridge(&owner).await.unwrap();
        }
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn a_container_sends_as_itself_only() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        let (a, netns_a) = attach(&lab, &network, "a", vec![]).await;
        let (b, netns_b) = attach(&lab, &network, "b", vec![]).await;
        let (c, _) = attach(&lab, &network, "c", vec![]).await;
        let at_b = format!("{}:53", b.address);
        let receiver = netns_b.receiver(&at_b);
        ip_command(&netns_a, &format!("address add {}/32 dev eth0", c.address));
        netns_a.send(&format!("{}:1000", c.address), &at_b);
        netns_a.send(&format!("{}:1001", a.address), &at_b);
        let from = receiver.recv_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(from, format!("{}:1001", a.address).parse().unwrap());
        network.teardown().await.unwrap();
    }
}
