//! The network of a node on a real kernel: needs root. Most tests have a host of their own, a network
//! namespace, so that they touch nothing of the machine's.

#[cfg(test)]
mod bridge;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod lab;

#[cfg(test)]
mod root {
    use std::collections::BTreeSet;
    use std::io::{Read, Write};

    use network::{Error, Network, Peer, PortRange, Rule, SecurityGroup, Traffic, VpcState, linux};

    use crate::lab::{Lab, denied, eventually, hoard, ip, ip_command, nft, refused_at_once, vpc};

    fn tcp(port: u16, peer: Peer) -> Rule {
        let range = PortRange {
            first: port,
            last: port,
        };
        Rule {
            traffic: Traffic::Tcp(range),
            peer,
        }
    }

    fn state(groups: Vec<SecurityGroup>) -> VpcState {
        VpcState {
            vpc: vpc("1", "10.77.0.0/16"),
            security_groups: groups,
        }
    }

    fn default_state() -> VpcState {
        state(vec![SecurityGroup::default_of_vpc("sg-d", BTreeSet::new())])
    }

    #[tokio::test]
    async fn tasks_and_host_reach_each_other() {
        let lab = Lab::with_own_host().await;
        let before = lab.footprint();
        let network = lab.network().await;
        network.apply(&default_state()).await.unwrap();
        let a = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        let b = lab.attach(&network, "b", "10.77.0.5", &["sg-d"]).await;
        let c = lab.attach(&network, "c", "10.77.16.4", &["sg-d"]).await;
        let host_address = a.attached.host_address;
        assert!(a.attached.reachable_from_host);
        assert_eq!(a.attached.gateway, ip("10.77.0.1"));
        assert_eq!(c.attached.gateway, ip("10.77.16.1"));
        assert_eq!(c.attached.prefix_length, 20);

        // Same subnet and another: nothing is translated between tasks.
        b.netns.serve("10.77.0.5:80");
        c.netns.serve("10.77.16.4:80");
        assert_eq!(a.netns.connect("10.77.0.5:80"), ip("10.77.0.4"));
        assert_eq!(a.netns.connect("10.77.16.4:80"), ip("10.77.0.4"));
        assert_eq!(c.netns.connect("10.77.0.5:80"), ip("10.77.16.4"));
        // Loopback of a task.
        a.netns.serve("127.0.0.1:81");
        assert_eq!(a.netns.connect("127.0.0.1:81"), ip("127.0.0.1"));

        // Host to task, at the task's own address.
        assert_eq!(lab.host.connect("10.77.0.5:80"), host_address);
        assert_eq!(lab.host.connect("10.77.16.4:80"), host_address);

        // Task to host: a service on loopback only through the forward.
        lab.host.serve("127.0.0.1:4566");
        lab.host.serve("127.0.0.1:4567");
        let api = format!("{host_address}:4566");
        denied(&a.netns, &api);
        let target = "127.0.0.1:4566".parse().unwrap();
        network.forward_host_port(4566, target).await.unwrap();
        assert_ne!(a.netns.connect(&api), ip("10.77.0.4"), "masqueraded");
        c.netns.connect(&api);
        denied(&a.netns, &format!("{host_address}:4567"));
        // One on every address too: what listens there did not ask for tasks.
        lab.host.serve("0.0.0.0:4568");
        let open = format!("{host_address}:4568");
        denied(&a.netns, &open);
        let target = "0.0.0.0:4568".parse().unwrap();
        network.forward_host_port(4568, target).await.unwrap();
        a.netns.connect(&open);

        // Link-local services of the machine (instance metadata of a cloud) are not tasks' to reach.
        ip_command(&lab.host, "address add 169.254.169.254/32 dev lo");
        lab.host.serve("169.254.169.254:80");
        denied(&a.netns, "169.254.169.254:80");

        let mut adopted = network.adopt().await.unwrap();
        assert!(adopted.iter().all(|task| task.complete));
        let ids: Vec<_> = adopted.iter().map(|task| task.task_id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "c"]);

        network.detach("a").await.unwrap();
        network.detach("a").await.unwrap();
        denied(&lab.host, "10.77.0.4:81");
        assert_eq!(c.netns.connect("10.77.0.5:80"), ip("10.77.16.4"));
        adopted = network.adopt().await.unwrap();
        assert_eq!(adopted.len(), 2);

        ip_command(&lab.host, "address delete 169.254.169.254/32 dev lo");
        network.teardown().await.unwrap();
        assert_eq!(lab.footprint(), before);
        assert!(
            !b.netns.run("ip", &["-o", "link"]).contains("eth0"),
            "the task's interface went too"
        );
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn tasks_reach_beyond_a_host_that_drops_what_it_forwards() {
        let lab = Lab::with_own_host().await;
        let outside = lab.outside().await;
        // As Docker leaves it.
        nft(
            &lab.host,
            "table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; } }",
        );
        let before = lab.footprint();
        let network = lab.network().await;
        network.apply(&default_state()).await.unwrap();
        let a = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        outside.serve("203.0.113.2:80");
        assert_eq!(
            a.netns.connect("203.0.113.2:80"),
            ip("203.0.113.1"),
            "masqueraded as the host"
        );
        // Once only, however often it is applied.
        network.apply(&default_state()).await.unwrap();
        let rules = lab
            .host
            .run("nft", &["list", "chain", "ip", "filter", "FORWARD"]);
        assert_eq!(rules.matches("accept").count(), 2, "{rules}");

        // From outside, only what the task's groups say.
        a.netns.serve("10.77.0.4:80");
        a.netns.serve("10.77.0.4:81");
        ip_command(&outside, "route add 10.77.0.0/16 via 203.0.113.1");
        denied(&outside, "10.77.0.4:80");
        let mut open = default_state();
        open.security_groups[0]
            .ingress
            .push(tcp(80, Peer::Cidr("203.0.113.0/24".parse().unwrap())));
        network.apply(&open).await.unwrap();
        assert_eq!(outside.connect("10.77.0.4:80"), ip("203.0.113.2"));
        denied(&outside, "10.77.0.4:81");

        network.teardown().await.unwrap();
        assert_eq!(lab.footprint(), before);
    }

    #[tokio::test]
    async fn a_task_that_hoards_connections_to_the_host_leaves_others_theirs() {
        let lab = Lab::with_own_host().await;
        let outside = lab.outside().await;
        let network = lab.network().await;
        network.apply(&default_state()).await.unwrap();
        lab.host.serve("0.0.0.0:4566");
        let target = "0.0.0.0:4566".parse().unwrap();
        network.forward_host_port(4566, target).await.unwrap();
        let hoarder = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        let other = lab.attach(&network, "b", "10.77.0.5", &["sg-d"]).await;
        let api = format!("{}:4566", hoarder.attached.host_address);
        let held = hoard(&hoarder.netns, &api);
        // Nor at another address of the host, nor when the rules are replaced whole, by the next process too.
        refused_at_once(&hoarder.netns, "203.0.113.1:4566");
        network.apply(&default_state()).await.unwrap();
        refused_at_once(&hoarder.netns, &api);
        drop(network);
        let network = lab.network().await;
        network.forward_host_port(4566, target).await.unwrap();
        refused_at_once(&hoarder.netns, &api);
        // Other ports are not counted, and others have all of theirs.
        outside.serve("203.0.113.2:80");
        hoarder.netns.connect("203.0.113.2:80");
        let also_held = hoard(&other.netns, &api);
        // What is closed is given back.
        drop(held);
        eventually("the hoarder's connections end", || {
            hoarder.netns.stream(&api).is_ok()
        })
        .await;
        drop(also_held);
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn packets_are_as_large_as_the_uplinks() {
        let lab = Lab::with_own_host().await;
        let outside = lab.outside().await;
        ip_command(&lab.host, "link set uplink mtu 1400");
        ip_command(&outside, "link set inside mtu 1400");
        ip_command(&lab.host, "route add default via 203.0.113.2");
        let network = lab.network().await;
        network.apply(&default_state()).await.unwrap();
        let a = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        let router = lab.router("1");
        for (netns, link) in [
            (&a.netns, "eth0"),
            (&router, "t0a4d0004"),
            (&router, "s0a4d0000"),
            (&router, "host"),
            (&lab.host, lab.host_link().as_str()),
        ] {
            let listing = netns.run("ip", &["-o", "link", "show", link]);
            assert!(listing.contains("mtu 1400"), "{listing}");
        }
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn tasks_come_and_go_beside_each_other() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        let closed = SecurityGroup {
            ingress: Vec::new(),
            ..SecurityGroup::default_of_vpc("sg-closed", BTreeSet::new())
        };
        let mut both = default_state();
        both.security_groups.push(closed);
        network.apply(&both).await.unwrap();
        let mut tasks = Vec::new();
        for number in 0..10 {
            let group = if number % 2 == 0 { "sg-d" } else { "sg-closed" };
            let address = format!("10.77.0.{}", 10 + number);
            tasks.push(lab.wanted(&format!("t{number}"), &address, &[group]).await);
        }
        let attach = |part: usize| {
            let calls = tasks
                .iter()
                .skip(part)
                .step_by(2)
                .map(|(task, _)| network.attach(task));
            futures_util::future::join_all(calls)
        };
        // Half of them, and then the others while the rules are replaced whole and some are attached again.
        assert!(attach(0).await.into_iter().all(|attached| attached.is_ok()));
        let (others, again, applied) = tokio::join!(attach(1), attach(0), network.apply(&both));
        applied.unwrap();
        assert!(
            others
                .into_iter()
                .chain(again)
                .all(|attached| attached.is_ok())
        );
        let netns = |number: usize| &tasks[number].1;
        for number in [2, 3] {
            netns(number).serve(&format!("10.77.0.{}:80", 10 + number));
        }
        netns(0).connect("10.77.0.12:80");
        denied(netns(0), "10.77.0.13:80");
        denied(netns(1), "10.77.0.12:80");

        // Half go; whoever has an address of theirs next has none of their groups.
        let gone = tasks
            .iter()
            .step_by(2)
            .map(|(task, _)| network.detach(&task.task_id));
        let (gone, applied) =
            tokio::join!(futures_util::future::join_all(gone), network.apply(&both));
        applied.unwrap();
        assert!(gone.into_iter().all(|gone| gone.is_ok()));
        assert_eq!(network.adopt().await.unwrap().len(), 5);
        let (mut heir, inside) = lab.wanted("heir", "10.77.0.12", &["sg-closed"]).await;
        network.attach(&heir).await.unwrap();
        inside.serve("10.77.0.12:80");
        let (client, at_client) = lab.wanted("client", "10.77.0.40", &["sg-d"]).await;
        network.attach(&client).await.unwrap();
        denied(&at_client, "10.77.0.12:80");
        // And with other groups it has those.
        heir.security_groups = vec!["sg-d".to_owned()];
        network.attach(&heir).await.unwrap();
        at_client.connect("10.77.0.12:80");
        // Nothing of the others is left: no port, no neighbour, no route, no member.
        let router = lab.router("1");
        let ports = || router.run("ip", &["-o", "link"]);
        eventually("the ports are deleted", || !ports().contains(": x")).await;
        let gone = ["10.77.0.10", "10.77.0.14", "10.77.0.16", "10.77.0.18"];
        for listing in [
            router.run("ip", &["neighbour"]),
            router.run("nft", &["list", "ruleset"]),
            lab.host.run("ip", &["route"]),
        ] {
            assert!(!gone.iter().any(|gone| listing.contains(gone)), "{listing}");
        }
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn members_of_a_vpc_that_the_node_has_no_task_of_are_forgotten() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        let far = [ip("10.77.0.200")].into();
        let wanted = state(vec![SecurityGroup::default_of_vpc("sg-d", far)]);
        network.apply(&wanted).await.unwrap();
        let _a = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        let router = lab.router("1");
        let members = || router.run("nft", &["list", "set", "ip", "longshore", "members-sg-d"]);
        let here = BTreeSet::from(["vpc-1".to_owned()]);
        network.forget_others(&here).await.unwrap();
        assert!(members().contains("10.77.0.200"), "{}", members());
        network.detach("a").await.unwrap();
        assert!(members().contains("10.77.0.200"), "{}", members());
        // Also by a process that was not told of them.
        drop(network);
        let network = lab.network().await;
        network.forget_others(&BTreeSet::new()).await.unwrap();
        assert!(!members().contains("10.77."), "{}", members());
        // Its rules wait for the next.
        network.apply(&wanted).await.unwrap();
        let a = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        assert!(members().contains("10.77.0.200"), "{}", members());
        // Who is attached here stays a member.
        network.forget_others(&BTreeSet::new()).await.unwrap();
        assert!(!members().contains("10.77.0.200"), "{}", members());
        let b = lab.attach(&network, "b", "10.77.0.5", &["sg-d"]).await;
        a.netns.serve("10.77.0.4:80");
        b.netns.connect("10.77.0.4:80");
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn security_groups_open_and_close() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        let web = |ingress| SecurityGroup {
            ingress,
            ..SecurityGroup::default_of_vpc("sg-web", BTreeSet::new())
        };
        let default = || SecurityGroup::default_of_vpc("sg-d", BTreeSet::new());
        let open = state(vec![
            default(),
            web(vec![tcp(80, Peer::Group("sg-d".to_owned()))]),
        ]);
        network.apply(&open).await.unwrap();
        let client = lab.attach(&network, "client", "10.77.0.4", &["sg-d"]).await;
        let web_task = lab.attach(&network, "web", "10.77.0.5", &["sg-web"]).await;
        let stranger = lab
            .attach(&network, "other", "10.77.0.6", &["sg-web"])
            .await;
        let unknown = lab
            .attach(&network, "unknown", "10.77.0.7", &["sg-none"])
            .await;
        for port in [80, 81] {
            web_task.netns.serve(&format!("10.77.0.5:{port}"));
        }
        client.netns.serve("10.77.0.4:80");
        unknown.netns.serve("10.77.0.7:80");

        client.netns.connect("10.77.0.5:80");
        denied(&client.netns, "10.77.0.5:81");
        denied(&stranger.netns, "10.77.0.5:80");
        denied(&web_task.netns, "10.77.0.4:80");
        // A group that nobody has described lets nothing in and nothing out; the node still may.
        denied(&client.netns, "10.77.0.7:80");
        denied(&unknown.netns, "10.77.0.5:80");
        lab.host.connect("10.77.0.7:80");
        lab.host.connect("10.77.0.5:81");

        // A restarted process has the rules before it is told: a new task changes none of them.
        drop(network);
        let network = lab.network().await;
        let late = lab.attach(&network, "late", "10.77.0.8", &["sg-d"]).await;
        client.netns.connect("10.77.0.5:80");
        late.netns.connect("10.77.0.5:80");
        denied(&stranger.netns, "10.77.0.5:80");

        // Closing ends what may begin, not what has begun.
        let mut begun = client.netns.stream("10.77.0.5:80").unwrap();
        let mut answer = [0; 1];
        begun.read_exact(&mut answer).unwrap();
        network
            .apply(&state(vec![default(), web(Vec::new())]))
            .await
            .unwrap();
        denied(&client.netns, "10.77.0.5:80");
        begun.write_all(b"more").unwrap();
        let mut rest = [0; 4];
        begun.read_exact(&mut rest[..]).unwrap();

        // Rules that somebody has flushed come back with the next call.
        web_task.netns.serve("10.77.0.5:82");
        for table in ["ip", "bridge"] {
            lab.router("1")
                .run("nft", &["delete", "table", table, "longshore"]);
        }
        client.netns.connect("10.77.0.5:82");
        network.apply(&open).await.unwrap();
        denied(&client.netns, "10.77.0.5:82");

        // A state that is not valid changes nothing.
        let mut wrong = open.clone();
        wrong.security_groups[0].id = "sg-D".to_owned();
        assert!(matches!(
            network.apply(&wrong).await,
            Err(Error::Invalid { .. })
        ));
        client.netns.connect("10.77.0.5:80");

        // No egress: not even where others may come in; but the host's forwarded port stays.
        lab.host.serve("127.0.0.1:4566");
        let target = "127.0.0.1:4566".parse().unwrap();
        network.forward_host_port(4566, target).await.unwrap();
        let mut silent = open.clone();
        silent.security_groups[0].egress.clear();
        network.apply(&silent).await.unwrap();
        denied(&client.netns, "10.77.0.5:80");
        let host_address = client.attached.host_address;
        client.netns.connect(&format!("{host_address}:4566"));
        lab.host.serve("0.0.0.0:4567");
        denied(&client.netns, &format!("{host_address}:4567"));
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn a_task_sends_as_itself_only() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        let mut all_open = default_state();
        all_open.security_groups[0].ingress.push(Rule {
            traffic: Traffic::All,
            peer: Peer::Cidr(network::Ipv4Cidr::ALL),
        });
        network.apply(&all_open).await.unwrap();
        let a = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        let b = lab.attach(&network, "b", "10.77.0.5", &["sg-d"]).await;
        let c = lab.attach(&network, "c", "10.77.0.6", &["sg-d"]).await;

        // Another task's address, and some that nobody has. What is true arrives, and nothing between:
        // there is one way, and it keeps the order.
        let receiver = b.netns.receiver("10.77.0.5:53");
        a.netns.send("10.77.0.4:1000", "10.77.0.5:53");
        let forged = ["10.77.0.6", "10.77.0.99", "192.0.2.77"];
        for address in forged {
            ip_command(&a.netns, &format!("address add {address}/32 dev eth0"));
            a.netns.send(&format!("{address}:1000"), "10.77.0.5:53");
        }
        a.netns.send("10.77.0.4:1001", "10.77.0.5:53");
        for port in [1000, 1001] {
            let from = format!("10.77.0.4:{port}").parse().unwrap();
            assert_eq!(receiver.recv().unwrap(), from);
        }

        // Nor does ARP with another's address as its sender (Linux asks so for a forged packet whose next
        // hop it does not know) move that address here.
        c.netns.serve("10.77.0.6:80");
        ip_command(&a.netns, "neighbour flush dev eth0");
        a.netns.send("10.77.0.6:1000", "10.77.0.5:53");
        assert_eq!(b.netns.connect("10.77.0.6:80"), ip("10.77.0.5"));
        for address in forged {
            ip_command(&a.netns, &format!("address delete {address}/32 dev eth0"));
        }

        // Another MAC address: nothing at all.
        b.netns.serve("10.77.0.5:80");
        a.netns.connect("10.77.0.5:80");
        ip_command(&a.netns, "link set eth0 address 02:4c:0a:4d:00:06");
        denied(&a.netns, "10.77.0.5:80");
        ip_command(&a.netns, "link set eth0 address 02:4c:0a:4d:00:04");
        a.netns.connect("10.77.0.5:80");

        // And IPv6 is no way around.
        ip_command(&a.netns, "address add fd77::4/64 dev eth0 nodad");
        ip_command(&b.netns, "address add fd77::5/64 dev eth0 nodad");
        b.netns.serve("[fd77::5]:80");
        denied(&a.netns, "[fd77::5]:80");
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn what_a_crash_leaves_is_repaired() {
        let lab = Lab::with_own_host().await;
        let before = lab.footprint();
        let network = lab.network().await;
        network.apply(&default_state()).await.unwrap();
        let a = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        let b = lab.attach(&network, "b", "10.77.0.5", &["sg-d"]).await;
        b.netns.serve("10.77.0.5:80");
        a.netns.connect("10.77.0.5:80");
        let again = network.attach(&a.attachment).await.unwrap();
        assert_eq!(again, a.attached);

        // Another process: it finds all, and attaching again changes nothing.
        drop(network);
        let network = lab.network().await;
        assert_eq!(network.adopt().await.unwrap().len(), 2);
        assert_eq!(network.attach(&a.attachment).await.unwrap(), a.attached);

        // Ended between making a port and saying whose it is; also the link to the host.
        let router = lab.router("1");
        ip_command(&router, "link set t0a4d0004 down");
        ip_command(&router, "link set t0a4d0004 alias ''");
        assert_eq!(network.adopt().await.unwrap().len(), 1);
        let link = lab.host_link();
        ip_command(&lab.host, &format!("link set {link} alias ''"));
        ip_command(&lab.host, &format!("link set {link} down"));
        drop(network);
        let network = lab.network().await;
        let repaired = network.attach(&a.attachment).await.unwrap();
        assert_eq!(repaired.host_address, a.attached.host_address, "stable");
        a.netns.connect("10.77.0.5:80");
        network.attach(&b.attachment).await.unwrap();
        lab.host.connect("10.77.0.5:80");

        // Before the interface was finished.
        ip_command(&router, "link set t0a4d0004 down");
        ip_command(&a.netns, "address flush dev eth0");
        let tasks = network.adopt().await.unwrap();
        let complete: Vec<_> = tasks.iter().map(|task| task.complete).collect();
        assert_eq!(complete, [false, true]);
        network.attach(&a.attachment).await.unwrap();
        a.netns.connect("10.77.0.5:80");

        // The pin of the router is gone: a new router, while tasks wait for theirs.
        linux::unpin_network_namespace(lab.router("1").path()).unwrap();
        assert!(network.adopt().await.is_ok());
        network.attach(&a.attachment).await.unwrap();
        network.attach(&b.attachment).await.unwrap();
        a.netns.connect("10.77.0.5:80");
        lab.host.connect("10.77.0.5:80");

        // The task's namespace was made anew, and the port went with the old one or leads to it.
        let mut moved = a.attachment.clone();
        moved.netns = lab.namespace("a-again").await.path().to_owned();
        network.attach(&moved).await.unwrap();
        lab.namespace("a-again").await.connect("10.77.0.5:80");

        // Another task may not take an address that is in use; later it may.
        let mut taker = a.attachment.clone();
        taker.task_id = "taker".to_owned();
        assert!(matches!(
            network.attach(&taker).await,
            Err(Error::AddressInUse { task, .. }) if task == "a"
        ));
        network.detach("a").await.unwrap();
        network.attach(&taker).await.unwrap();
        let missing = network::Attachment {
            netns: "/nonexistent".into(),
            ..taker.clone()
        };
        assert!(matches!(
            network.attach(&missing).await,
            Err(Error::NotANamespace { .. })
        ));

        // A process that knows nothing yet removes all.
        drop(network);
        lab.network().await.teardown().await.unwrap();
        assert_eq!(lab.footprint(), before);
    }

    #[tokio::test]
    async fn a_namespace_of_another_user_namespace_is_attached() {
        let lab = Lab::with_own_host().await;
        let network = lab.network().await;
        network.apply(&default_state()).await.unwrap();
        let a = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        a.netns.serve("10.77.0.4:80");
        let owned = lab.namespace_of_another_user_namespace("u");
        let u = lab
            .attach_namespace(&network, "u", "10.77.0.5", &["sg-d"], owned)
            .await;
        assert_eq!(u.netns.connect("10.77.0.4:80"), ip("10.77.0.5"));
        network.detach("u").await.unwrap();
        network.teardown().await.unwrap();
    }

    #[tokio::test]
    async fn vpcs_stay_apart_even_with_equal_blocks() {
        let lab = Lab::with_own_host().await;
        let before = lab.footprint();
        let network = lab.network().await;
        let open = |number: &str, cidr: &str| VpcState {
            vpc: vpc(number, cidr),
            security_groups: vec![SecurityGroup {
                ingress: vec![Rule {
                    traffic: Traffic::All,
                    peer: Peer::Cidr(network::Ipv4Cidr::ALL),
                }],
                ..SecurityGroup::default_of_vpc("sg-d", BTreeSet::new())
            }],
        };
        for state in [
            open("1", "10.77.0.0/16"),
            open("2", "10.77.0.0/16"),
            open("3", "10.78.0.0/16"),
        ] {
            network.apply(&state).await.unwrap();
        }
        let one = lab.attach(&network, "one", "10.77.0.4", &["sg-d"]).await;
        let mut two = lab.wanted("two", "10.77.0.4", &["sg-d"]).await;
        two.0.vpc = vpc("2", "10.77.0.0/16");
        let mut three = lab.wanted("three", "10.78.0.4", &["sg-d"]).await;
        three.0.vpc = vpc("3", "10.78.0.0/16");
        let attached_two = network.attach(&two.0).await.unwrap();
        let attached_three = network.attach(&three.0).await.unwrap();
        assert!(one.attached.reachable_from_host);
        assert!(!attached_two.reachable_from_host, "one has the route");
        assert!(attached_three.reachable_from_host);
        assert_ne!(one.attached.host_address, attached_two.host_address);

        one.netns.serve("10.77.0.4:80");
        three.1.serve("10.78.0.4:80");
        lab.host.connect("10.78.0.4:80");
        denied(&one.netns, "10.78.0.4:80");
        denied(&three.1, "10.77.0.4:80");
        // All reach the host, the ones with equal addresses too.
        lab.host.serve("0.0.0.0:4566");
        let target = "0.0.0.0:4566".parse().unwrap();
        network.forward_host_port(4566, target).await.unwrap();
        one.netns
            .connect(&format!("{}:4566", one.attached.host_address));
        two.1
            .connect(&format!("{}:4566", attached_two.host_address));
        three
            .1
            .connect(&format!("{}:4566", attached_three.host_address));
        network.teardown().await.unwrap();
        assert_eq!(lab.footprint(), before);
    }

    #[tokio::test]
    async fn on_the_machine_itself() {
        let lab = Lab::on_the_machine().await;
        let before = lab.footprint();
        let network = lab.network().await;
        network.apply(&default_state()).await.unwrap();
        let a = lab.attach(&network, "a", "10.77.0.4", &["sg-d"]).await;
        a.netns.serve("10.77.0.4:80");
        assert_eq!(lab.host.connect("10.77.0.4:80"), a.attached.host_address);
        let port = lab.host.serve("127.0.0.1:0");
        let target = format!("127.0.0.1:{port}").parse().unwrap();
        network.forward_host_port(port, target).await.unwrap();
        let api = format!("{}:{port}", a.attached.host_address);
        a.netns.connect(&api);
        network.teardown().await.unwrap();
        assert_eq!(lab.footprint(), before);
    }
}
