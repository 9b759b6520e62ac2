//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use aws_core::{AccountId, Region};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::addresses::Advertise;
use crate::error::Failure;
use crate::{backup, doctor, files, run, status};

const DATA_DIR: &str = "/var/lib/longshore";
const LISTEN: &str = "127.0.0.1:4566";
const ADMIN_LISTEN: &str = "127.0.0.1:4567";

/// Where the package keeps the service's options.
const SERVICE_OPTIONS: &str = "/etc/default/longshore";

#[derive(Parser)]
#[command(name = "longshore", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run all of Longshore on this machine: control plane, registry and a node
    Up(UpArgs),
    /// Run the control plane alone; nodes join with `longshore agent`
    Server(ServerArgs),
    /// Run a node that joins a control plane
    Agent(AgentArgs),
    /// Show clusters, nodes and tasks of a running Longshore
    Status(StatusArgs),
    /// Write all that a running control plane keeps to one file
    Backup(BackupArgs),
    /// Make a new data folder of a backup
    Restore(RestoreArgs),
    /// Look at this machine and say what keeps Longshore from working, and what to do
    Doctor(DoctorArgs),
    /// Print the environment for the AWS tools: eval "$(longshore env)"
    Env(DataDir),
    /// Print the version
    Version,
}

#[derive(Args, Clone)]
pub(crate) struct DataDir {
    /// Where everything is kept
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    pub(crate) data_dir: PathBuf,
}

#[derive(Args, Clone)]
pub(crate) struct ServerArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// Where the APIs and the registry are served
    #[arg(long, value_name = "ADDR:PORT", default_value = LISTEN)]
    pub(crate) listen: SocketAddr,
    /// How others reach the registry and this control plane, which everybody is told then, for instance
    /// 10.0.0.1, ls.example:80, or https://ls.example for a proxy with TLS before it. Without it they are
    /// told the address of --listen; where that is 0.0.0.0, each is told the one that it asked at
    #[arg(long, value_name = "[https://]HOST[:PORT]")]
    pub(crate) advertise: Option<Advertise>,
    /// Where metrics and health are served; keep it on loopback
    #[arg(long, value_name = "ADDR:PORT", default_value = ADMIN_LISTEN)]
    pub(crate) admin_listen: SocketAddr,
    /// The regions to serve; all others are refused
    #[arg(
        long = "region",
        value_name = "R[,R...]",
        value_delimiter = ',',
        default_value = "us-east-1"
    )]
    pub(crate) regions: Vec<Region>,
    /// The account that everything belongs to
    #[arg(long, value_name = "A", default_value = "000000000000")]
    pub(crate) account_id: AccountId,
    /// How long a node may be out of contact before its tasks are given up: for instance 90s, 5m, 1h,
    /// or never, which is what AWS does
    #[arg(long, value_name = "TIME", default_value = "5m")]
    pub(crate) node_lost_after: LostAfter,
}

/// A time, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LostAfter(pub(crate) Option<Duration>);

impl FromStr for LostAfter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "never" {
            return Ok(Self(None));
        }
        let unit = text.chars().last().unwrap_or_default();
        let seconds_a_unit = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return Err("give a number with s, m or h, or never".to_owned()),
        };
        let number: u32 = text
            .strip_suffix(unit)
            .unwrap_or_default()
            .parse()
            .map_err(|_| "give a whole number with s, m or h, or never".to_owned())?;
        Ok(Self(Some(Duration::from_secs(
            u64::from(number) * seconds_a_unit,
        ))))
    }
}

#[derive(Args, Clone)]
pub(crate) struct ClusterArg {
    /// The cluster that the node is a container instance of, besides offering itself to Fargate; none
    /// for no cluster
    #[arg(long = "cluster", value_name = "NAME", default_value = "default")]
    cluster: String,
}

impl ClusterArg {
    /// The cluster's name, if there is to be one.
    pub(crate) fn name(&self) -> Option<&str> {
        Some(self.cluster.as_str()).filter(|name| *name != "none")
    }
}

/// What the node is told of images, and of registries that are not Longshore's own.
#[derive(Args, Clone)]
pub(crate) struct RegistryArgs {
    /// Certificate authorities (PEM) that registries may have, beside the machine's own
    #[arg(long, value_name = "FILE")]
    pub(crate) registry_ca: Option<PathBuf>,
    /// How to log in to registries: a file like Docker's config.json, of which `auths` counts, that its
    /// owner alone may use (chmod 600). It is read anew whenever a registry asks
    #[arg(long, value_name = "FILE")]
    pub(crate) registry_auth: Option<PathBuf>,
    /// Registries to reach over plain http; those of this machine's loopback always are
    #[arg(
        long = "insecure-registry",
        value_name = "HOST[:PORT][,...]",
        value_delimiter = ','
    )]
    pub(crate) insecure_registries: Vec<String>,
    /// How long an image is not used before it is removed; where the disk is 85 percent full, it goes
    /// after two minutes
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub(crate) image_minimum_age: u64,
    /// How often images that nobody uses are looked for
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) image_cleanup_interval: u64,
}

#[derive(Args, Clone)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) cluster: ClusterArg,
    /// What runs containers
    #[arg(long, value_enum, default_value_t = RuntimeKind::Auto)]
    pub(crate) runtime: RuntimeKind,
    #[command(flatten)]
    pub(crate) registries: RegistryArgs,
}

#[derive(Args, Clone)]
pub(crate) struct AgentArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// The control plane's address, for instance http://127.0.0.1:4566
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: String,
    /// The region to register in
    #[arg(long, value_name = "R", default_value = "us-east-1")]
    pub(crate) region: Region,
    /// The node's key, as `longshore server` wrote it to node-key.json in its data folder
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: PathBuf,
    #[command(flatten)]
    pub(crate) cluster: ClusterArg,
    /// What runs containers
    #[arg(long, value_enum, default_value_t = RuntimeKind::Auto)]
    pub(crate) runtime: RuntimeKind,
    #[command(flatten)]
    pub(crate) registries: RegistryArgs,
}

/// What is not given is taken from the service's options.
#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// Where everything would be kept
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where the APIs and the registry would be served
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where metrics and health would be served
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) admin_listen: Option<SocketAddr>,
    /// What would run containers
    #[arg(long, value_enum)]
    pub(crate) runtime: Option<RuntimeKind>,
    /// The file with the service's options (LONGSHORE_OPTIONS), which are judged where no others are
    /// given
    #[arg(long, value_name = "FILE", default_value = SERVICE_OPTIONS)]
    pub(crate) service_options: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
}

#[derive(Args)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// The file to write
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// The file that `longshore backup` wrote
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Args)]
struct StatusArgs {
    #[command(flatten)]
    data: DataDir,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

/// `longshore up` alone.
#[derive(Parser)]
struct UpLine {
    #[command(flatten)]
    args: UpArgs,
}

/// What `longshore up` makes of these options.
///
/// # Errors
/// What it says of them where it takes them not.
pub(crate) fn up_args<'a>(options: impl Iterator<Item = &'a str>) -> Result<UpArgs, String> {
    UpLine::try_parse_from(std::iter::once("longshore up").chain(options))
        .map(|line| line.args)
        .map_err(|error| {
            let said = error.to_string();
            let first = said.lines().next().unwrap_or_default();
            first.trim_start_matches("error: ").to_owned()
        })
}

/// What runs containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuntimeKind {
    /// crun where the machine's cgroups suit it, else runc
    Auto,
    Crun,
    Runc,
    /// gVisor
    Runsc,
    /// Runs nothing and pretends that it does, for tests of everything else
    Mock,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Table,
    Json,
}

/// Parses the command line and does what it says.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Version => {
            println!("longshore {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Command::Env(data) => env(&data),
        Command::Up(args) => run::up(args),
        Command::Server(args) => run::server(args),
        Command::Agent(args) => run::agent(args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Backup(args) => backup::take(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Status(args) => status::show(&args.data, args.output),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("longshore: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn env(data: &DataDir) -> Result<(), Failure> {
    let endpoint = files::read_endpoint(&data.data_dir)?;
    let root = files::read_root_key(&data.data_dir)?;
    for (name, value) in [
        ("AWS_ENDPOINT_URL", endpoint.told()),
        ("AWS_REGION", endpoint.region.as_str()),
        ("AWS_DEFAULT_REGION", endpoint.region.as_str()),
        ("AWS_ACCESS_KEY_ID", root.access_key_id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", root.secret_access_key.as_str()),
        // StartLiveTail would be asked of `stream-HOST`, which an address or this machine's name has not.
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"),
    ] {
        println!("export {name}='{}'", value.replace('\'', r"'\''"));
    }
    Ok(())
}
