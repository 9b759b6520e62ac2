//! What a task cannot do from inside its namespace, as root there and with raw sockets.

mod root {
    use std::collections::BTreeSet;
    use std::io;
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
    use std::sync::mpsc::Receiver;
    use std::time::Duration;

    use network::{Network, SecurityGroup, VpcState};

    use crate::lab::raw::{
        BROADCAST, ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_LOCAL, ETHERTYPE_VLAN,
        MARK, arp_claim, datagram, frame, mac,
    };
    use crate::lab::{Lab, denied, ip, ip_command, vpc};

    const PATIENCE: Duration = Duration::from_secs(5);

    fn state() -> VpcState {
        let group = |id| SecurityGroup::default_of_vpc(id, BTreeSet::new());
        VpcState {
            vpc: vpc("1", "10.77.0.0/16"),
            security_groups: vec![group("sg-a"), group("sg-b")],
        }
    }

    /// All that was seen before `last`, which is waited for.
    fn seen_before(last: &str, seen: &Receiver<String>) -> Vec<String> {
        let mut before = Vec::new();
        loop {
            let text = seen.recv_timeout(PATIENCE).unwrap();
            if text == last {
                return before;
            }
            before.push(text);
        }
    }

    #[tokio::test]
    async fn no_frame_of_a_task_comes_where_its_groups_do_not_let_it() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        network.apply(&state()).await.unwrap();
        let attacker = lab.attach(&network, "a", "10.77.0.4", &["sg-a"]).await;
        let victim = lab.attach(&network, "v", "10.77.0.5", &["sg-b"]).await;
        let friend = lab.attach(&network, "f", "10.77.0.6", &["sg-b"]).await;
        let (own, other, ally) = (ip("10.77.0.4"), ip("10.77.0.5"), ip("10.77.0.6"));
        let gateway = mac(ip("10.77.0.1"));
        let _listening = victim.netns.receiver("10.77.0.5:53");
        let at_victim = victim.netns.sniff();
        let at_friend = friend.netns.sniff();
        let at_host = lab.host.sniff();

        let udp = |from, to, what: &str| datagram(from, to, 53, what);
        let ipv6 = [
            &[0x60, 0, 0, 0, 0, 20, 59, 64][..],
            &[0xfd; 32],
            MARK,
            b"ipv6",
        ]
        .concat();
        let tagged = [&[0, 1, 8, 0][..], &udp(ally, other, "tagged")].concat();
        let everybody = ip("255.255.255.255");
        let frames = vec![
            // As itself, by the router and past it: the groups are closed.
            frame(
                gateway,
                mac(own),
                ETHERTYPE_IPV4,
                &udp(own, other, "as itself"),
            ),
            frame(
                mac(other),
                mac(own),
                ETHERTYPE_IPV4,
                &udp(own, other, "past the router"),
            ),
            // As one whom the group lets in: by address, by MAC address, by both.
            frame(
                gateway,
                mac(own),
                ETHERTYPE_IPV4,
                &udp(ally, other, "address"),
            ),
            frame(gateway, mac(ally), ETHERTYPE_IPV4, &udp(own, other, "mac")),
            frame(
                gateway,
                mac(ally),
                ETHERTYPE_IPV4,
                &udp(ally, other, "both"),
            ),
            frame(
                mac(other),
                mac(ally),
                ETHERTYPE_IPV4,
                &udp(ally, other, "both, past the router"),
            ),
            // As the router or the host.
            frame(
                gateway,
                gateway,
                ETHERTYPE_IPV4,
                &udp(ip("10.77.0.1"), other, "router"),
            ),
            frame(
                gateway,
                mac(own),
                ETHERTYPE_IPV4,
                &udp(attacker.attached.host_address, other, "host"),
            ),
            // To all.
            frame(
                BROADCAST,
                mac(own),
                ETHERTYPE_IPV4,
                &udp(own, everybody, "broadcast"),
            ),
            frame(
                BROADCAST,
                mac(own),
                ETHERTYPE_IPV4,
                &udp(own, ip("10.77.15.255"), "subnet"),
            ),
            frame(
                [1, 0, 0x5e, 0, 0, 0xfb],
                mac(own),
                ETHERTYPE_IPV4,
                &udp(own, ip("224.0.0.251"), "multicast"),
            ),
            // What no rule looks into.
            frame(mac(other), mac(own), ETHERTYPE_VLAN, &tagged),
            frame(mac(other), mac(own), ETHERTYPE_IPV6, &ipv6),
            frame(
                BROADCAST,
                mac(own),
                ETHERTYPE_LOCAL,
                &[MARK, b"unknown"].concat(),
            ),
            // Who has the address of another.
            frame(gateway, mac(own), ETHERTYPE_ARP, &arp_claim(ally, mac(own))),
            frame(
                BROADCAST,
                mac(own),
                ETHERTYPE_ARP,
                &arp_claim(ally, mac(own)),
            ),
            frame(
                mac(other),
                mac(own),
                ETHERTYPE_ARP,
                &arp_claim(ip("10.77.0.1"), mac(own)),
            ),
            // What is the host's own, or of the machine that it may be.
            frame(
                gateway,
                mac(own),
                ETHERTYPE_IPV4,
                &udp(own, ip("127.0.0.1"), "loopback"),
            ),
            frame(
                gateway,
                mac(own),
                ETHERTYPE_IPV4,
                &udp(
                    ip("127.0.0.1"),
                    attacker.attached.host_address,
                    "from loopback",
                ),
            ),
            frame(
                gateway,
                mac(own),
                ETHERTYPE_IPV4,
                &udp(own, ip("169.254.169.254"), "metadata"),
            ),
        ];
        attacker.netns.send_frames("eth0", frames);
        // What is let through comes after all of it, and is all that comes.
        let honest = datagram(ally, other, 53, "honest");
        let honest = frame(gateway, mac(ally), ETHERTYPE_IPV4, &honest);
        friend.netns.send_frames("eth0", vec![honest]);
        assert_eq!(seen_before("honest", &at_victim), [""; 0]);
        assert_eq!(seen_before("honest", &at_friend), [""; 0]);
        // By the same way as the attacker's own, so what of it was let through came before.
        let out = datagram(own, attacker.attached.host_address, 9, "to the host");
        let out = frame(gateway, mac(own), ETHERTYPE_IPV4, &out);
        attacker.netns.send_frames("eth0", vec![out]);
        assert_eq!(seen_before("to the host", &at_host), [""; 0]);
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn of_the_host_a_task_reaches_the_forwarded_port_alone() {
        let lab = Lab::with_own_host().await;
        let _outside = lab.outside().await;
        let network = lab.network().await;
        network.apply(&state()).await.unwrap();
        lab.host.serve("0.0.0.0:4566");
        let target = "0.0.0.0:4566".parse().unwrap();
        network.forward_host_port(4566, target).await.unwrap();
        let task = lab.attach(&network, "a", "10.77.0.4", &["sg-a"]).await;
        // An agent's own, a database, a remote shell: on loopback, on every address, on one.
        lab.host.serve("127.0.0.1:51678");
        lab.host.serve("0.0.0.0:5432");
        lab.host.serve("203.0.113.1:22");
        let host = task.attached.host_address;
        task.netns.connect(&format!("{host}:4566"));
        for address in [
            format!("{host}:51678"),
            format!("{host}:5432"),
            "203.0.113.1:5432".to_owned(),
            "203.0.113.1:22".to_owned(),
        ] {
            denied(&task.netns, &address);
        }
        // A route of its own to the host's loopback.
        ip_command(&task.netns, "route add local 127.0.0.0/8 dev lo table 99");
        ip_command(&task.netns, "link set lo down");
        ip_command(
            &task.netns,
            "route replace 127.0.0.1/32 via 10.77.0.1 dev eth0 onlink",
        );
        denied(&task.netns, "127.0.0.1:51678");
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn abstract_sockets_of_the_host_are_not_a_tasks() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        network.apply(&state()).await.unwrap();
        let task = lab.attach(&network, "a", "10.77.0.4", &["sg-a"]).await;
        let name = format!("longshore-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(name).unwrap();
        let there = address.clone();
        let _listener = lab
            .host
            .within(move || UnixListener::bind_addr(&there).unwrap());
        let there = address.clone();
        lab.host
            .within(move || UnixStream::connect_addr(&there).unwrap());
        let refused = task
            .netns
            .within(move || UnixStream::connect_addr(&address));
        assert_eq!(
            refused.unwrap_err().kind(),
            io::ErrorKind::ConnectionRefused
        );
        network.teardown().await.unwrap();
    }
}
