//! The node's hidden subcommands alone, for this crate's tests: `shim ...` and `sandbox ...`, which
//! the binary `longshore` wires the same way, and `agent ...`, a little agent to be killed.

use std::path::PathBuf;
use std::process::ExitCode;

use runtime::{
    Cgroups, ContainerId, ContainerSpec, Mount, MountSource, OciConfig, OciRuntime, Runtime,
    RuntimeChoice, RuntimeError, TaskId, choose,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next().as_deref().and_then(|name| name.to_str()) {
        Some("shim") => shim::main(arguments),
        Some("sandbox") => runtime::sandbox_child(arguments),
        Some("agent") => {
            let arguments = arguments
                .filter_map(|word| word.into_string().ok())
                .collect();
            match agent(arguments) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("{error}");
                    ExitCode::FAILURE
                }
            }
        }
        _ => {
            eprintln!("usage: longshore-node-child shim|sandbox|agent ...");
            ExitCode::FAILURE
        }
    }
}

/// Starts a container in the prepared task and waits to be killed.
fn agent(arguments: Vec<String>) -> Result<(), RuntimeError> {
    let mut arguments = arguments.into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let (folder, cgroup, task) = (PathBuf::from(next()), next(), next());
    let layers = arguments.map(PathBuf::from).collect();
    let io = |source| RuntimeError::Io {
        what: "run an agent in",
        path: folder.clone(),
        source,
    };
    let tokio = tokio::runtime::Runtime::new().map_err(io)?;
    let cgroups = Cgroups::detect(&cgroup)?;
    let config = OciConfig {
        state_dir: folder.join("state"),
        run_dir: folder.join("run"),
        runtime: choose(RuntimeChoice::Auto, &cgroups)?,
        program: std::env::current_exe().map_err(io)?,
        cgroups,
    };
    tokio.block_on(async {
        let runtime = OciRuntime::open(config)?;
        let id = ContainerId::new(&task.parse::<TaskId>()?, "web")?;
        let script = "echo before; while [ ! -e /ctl/go ]; do sleep 0.02; done; echo after; exit 9";
        let args = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let mut spec = ContainerSpec::new(id.clone(), layers, args);
        spec.mounts = vec![Mount {
            destination: "/ctl".to_owned(),
            source: MountSource::TaskVolume("ctl".to_owned()),
            read_only: false,
        }];
        runtime.run(&spec).await?;
        println!("started");
        runtime.wait(&id).await.map(|_| ())
    })
}
