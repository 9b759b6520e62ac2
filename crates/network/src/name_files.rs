//! What a task reads as `/etc/hosts` and `/etc/resolv.conf`, and its private DNS name. Pure.

use std::net::{IpAddr, Ipv4Addr};

/// Name servers that a resolver reads (glibc: `MAXNS`).
const NAME_SERVERS_MAX: usize = 3;

/// The private DNS name of `address`, as EC2 gives it: `ip-172-31-0-5.<region>.compute.internal`, and in
/// us-east-1, the first region, `ip-172-31-0-5.ec2.internal` (EC2 user guide, "EC2 instance hostnames and
/// domains").
#[must_use]
pub fn private_dns_name(address: Ipv4Addr, region: &str) -> String {
    format!("{}.{}", host_label(address), internal_domain(region))
}

fn host_label(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("ip-{a}-{b}-{c}-{d}")
}

fn internal_domain(region: &str) -> String {
    match region {
        "us-east-1" => "ec2.internal".to_owned(),
        other => format!("{other}.compute.internal"),
    }
}

/// `/etc/hosts` of a task: itself under its address, and localhost.
#[must_use]
pub fn hosts_file(address: Ipv4Addr, region: &str) -> String {
    let name = private_dns_name(address, region);
    let label = host_label(address);
    format!(
        "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n{address} {name} {label}\n"
    )
}

/// `/etc/resolv.conf` of a task, from the host's: the first of `sources` that names a server which a
/// task can reach. Servers on loopback (systemd-resolved's 127.0.0.53, a dnsmasq) are the host's
/// own and never a task's, nor are IPv6 servers, which no task has a route to; a caller therefore
/// gives `/etc/resolv.conf` first and `/run/systemd/resolve/resolv.conf` after it. Search domains
/// and options are kept. `None`: no source has such a server, so the operator must name one.
#[must_use]
pub fn resolver_file(sources: &[&str]) -> Option<String> {
    sources.iter().find_map(|source| {
        let mut servers = Vec::new();
        let mut others = Vec::new();
        for line in source.lines().map(str::trim) {
            let mut words = line.split_ascii_whitespace();
            match (words.next(), words.next()) {
                (Some("nameserver"), Some(server)) => {
                    if let Ok(IpAddr::V4(server)) = server.parse()
                        && !server.is_loopback()
                        && !server.is_unspecified()
                        && servers.len() < NAME_SERVERS_MAX
                    {
                        servers.push(server);
                    }
                }
                (Some("search" | "domain" | "options"), Some(_)) => others.push(line),
                _ => {}
            }
        }
        if servers.is_empty() {
            return None;
        }
        let mut text = String::new();
        for server in servers {
            text.push_str(&format!("nameserver {server}\n"));
        }
        for line in others {
            text.push_str(line);
            text.push('\n');
        }
        Some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: Ipv4Addr = Ipv4Addr::new(172, 31, 0, 5);

    #[test]
    fn names_are_as_in_ec2() {
        assert_eq!(
            private_dns_name(ADDRESS, "eu-central-1"),
            "ip-172-31-0-5.eu-central-1.compute.internal"
        );
        assert_eq!(
            private_dns_name(ADDRESS, "us-east-1"),
            "ip-172-31-0-5.ec2.internal"
        );
        assert_eq!(
            hosts_file(ADDRESS, "eu-west-1"),
            "127.0.0.1 localhost\n\
             ::1 localhost ip6-localhost ip6-loopback\n\
             172.31.0.5 ip-172-31-0-5.eu-west-1.compute.internal ip-172-31-0-5\n"
        );
    }

    #[test]
    fn a_resolver_is_never_on_loopback() {
        let stub = "# systemd\nnameserver 127.0.0.53\noptions edns0\nsearch lan\n";
        let real = "nameserver 192.0.2.53 \nnameserver ::1\nnameserver 2001:db8::53\nsearch lan example.org\n";
        assert_eq!(
            resolver_file(&[stub, real]).as_deref(),
            Some("nameserver 192.0.2.53\nsearch lan example.org\n")
        );
        assert_eq!(
            resolver_file(&[
                "nameserver 127.0.0.1\nnameserver 10.0.0.2\noptions ndots:2\n",
                real
            ])
            .as_deref(),
            Some("nameserver 10.0.0.2\noptions ndots:2\n"),
            "the first that has one"
        );
        assert_eq!(resolver_file(&[stub, ""]), None);
        let many = "nameserver 10.0.0.1\n".repeat(5);
        assert_eq!(resolver_file(&[&many]).unwrap().lines().count(), 3);
    }
}
