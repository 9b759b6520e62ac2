//! What a container's root tries and does not get: as its first process and as a command beside it,
//! in a user namespace (as Fargate's tasks) and without one (as other tasks that are not privileged).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use runtime::{ContainerSpec, ExecSpec, Runtime, TaskLimits};

use crate::attempts::{self, Expected};
use crate::node::{Node, PATIENCE};

const PROBE: &str = env!("CARGO_BIN_EXE_longshore-isolation-probe");

/// A layer with the probe, and the libraries that it shares with this test.
fn probe_layer(folder: &Path) -> PathBuf {
    let layer = folder.join("layers/probe");
    let copy = |from: &Path| {
        let to = layer.join(from.strip_prefix("/").unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    };
    fs::create_dir_all(layer.join("bin")).unwrap();
    fs::copy(PROBE, layer.join("bin/probe")).unwrap();
    for line in fs::read_to_string("/proc/self/maps").unwrap().lines() {
        if let Some(path) = line.split_whitespace().nth(5)
            && (path.ends_with(".so") || path.contains(".so."))
        {
            copy(Path::new(path));
        }
    }
    // Where programs say that their linker is.
    for linker in ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"] {
        if Path::new(linker).exists() {
            copy(Path::new(linker));
        }
    }
    layer
}

/// The lines of a probe that came to its end.
fn outcomes(lines: &[String]) -> BTreeMap<String, String> {
    assert_eq!(lines.last().map(String::as_str), Some("end"), "{lines:?}");
    let pairs = lines.iter().filter_map(|line| line.split_once(' '));
    pairs
        .map(|(name, outcome)| (name.to_owned(), outcome.to_owned()))
        .collect()
}

fn compare(outcomes: &BTreeMap<String, String>, expected: impl Fn(&attempts::Row) -> Expected) {
    let table = attempts::table();
    let mut wrong = Vec::new();
    for row in &table {
        let seen = outcomes.get(&row.name).map_or("not tried", String::as_str);
        if !expected(row).contains(&seen.to_owned()) {
            wrong.push(format!("{}: {seen}, not {:?}", row.name, expected(row)));
        }
    }
    for (name, outcome) in outcomes {
        if !table.iter().any(|row| row.name == *name) {
            wrong.push(format!("{name} is not in the table: {outcome}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn try_all(user_namespace: bool, expected: impl Fn(&attempts::Row) -> Expected) {
    let mut node = Node::new();
    let layer = probe_layer(node.folder.path());
    node.layers.push(layer);
    node.prepare(user_namespace, TaskLimits::default()).await;
    let probe = format!(
        "/bin/probe {} {}",
        std::process::id(),
        node.folder.path().display()
    );
    // First as the container itself, then as a command beside it.
    let script =
        format!("{probe}; echo apart; while [ ! -e /done ]; do sleep 0.05; done; cat /beside");
    let spec: ContainerSpec = node.shell(&script);
    node.run(&spec).await;
    let mut log = node.logs().await;
    node.said(&mut log, "apart").await;
    drop(log);
    let beside = format!("{probe} > /beside; touch /done");
    let command = ExecSpec::new(["sh", "-c", &beside].map(str::to_owned).to_vec());
    let outcome = node
        .runtime
        .exec(&spec.id, &command, PATIENCE)
        .await
        .unwrap();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    node.wait().await;
    let lines = node.lines().await;
    let mut runs = lines.split(|line| line == "apart");
    compare(&outcomes(runs.next().unwrap()), &expected);
    compare(&outcomes(runs.next().unwrap()), &expected);
    node.finish().await;
}

#[tokio::test]
async fn nothing_leads_out_of_a_fargate_container() {
    try_all(true, |row| row.fargate.clone()).await;
}

#[tokio::test]
async fn nothing_leads_out_of_an_unprivileged_container_without_a_user_namespace() {
    try_all(false, |row| row.other.clone()).await;
}
