//! What people use: skopeo pushes and pulls.

use std::path::Path;
use std::process::{Output, Stdio};

use http::StatusCode;
use registry::Digest;
use tokio::process::Command;

use crate::house::{DOCKER_MANIFEST, House, OCI_MANIFEST};

async fn skopeo(arguments: &[&str]) -> Output {
    Command::new("skopeo")
        .arg("--insecure-policy")
        .args(arguments)
        // No credentials of whoever runs the test.
        .env("REGISTRY_AUTH_FILE", "/nonexistent/auth.json")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("skopeo is needed for this test: apt-get install skopeo")
}

async fn succeed(arguments: &[&str]) {
    let output = skopeo(arguments).await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "skopeo {arguments:?}: {told}");
}

/// An OCI layout with one image: several layers, one of them of some megabytes.
fn layout(dir: &Path) {
    let blobs = dir.join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    let write = |media_type: &str, bytes: &[u8]| {
        let digest = Digest::of(bytes);
        std::fs::write(blobs.join(digest.hex()), bytes).unwrap();
        serde_json::json!({
            "mediaType": media_type, "digest": digest.as_str(), "size": bytes.len(),
        })
    };
    let sizes = [5_usize, 3_000_000, 70_000];
    // Layers are only bytes to a registry, and skopeo keeps them as they are.
    let layer = |size: usize| (0..size).map(|at| (at * at / 7) as u8).collect::<Vec<_>>();
    let contents: Vec<Vec<u8>> = sizes.into_iter().map(layer).collect();
    let diff_ids: Vec<String> = contents
        .iter()
        .map(|it| Digest::of(it).to_string())
        .collect();
    let layers: Vec<_> = contents
        .iter()
        .map(|bytes| write("application/vnd.oci.image.layer.v1.tar", bytes))
        .collect();
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    });
    let config = write(
        "application/vnd.oci.image.config.v1+json",
        config.to_string().as_bytes(),
    );
    let manifest = serde_json::json!({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": layers,
    });
    let manifest = write(OCI_MANIFEST, manifest.to_string().as_bytes());
    let index = serde_json::json!({"schemaVersion": 2, "manifests": [manifest]});
    std::fs::write(dir.join("index.json"), index.to_string()).unwrap();
    std::fs::write(dir.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

fn manifest_digest(dir: &Path) -> String {
    let index = std::fs::read(dir.join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    index["manifests"][0]["digest"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_comes_back_as_it_was_pushed() {
    let house = House::open().await;
    let temp = tempfile::tempdir().unwrap();
    let (from, to) = (temp.path().join("from"), temp.path().join("to"));
    layout(&from);
    let from_name = format!("oci:{}", from.display());
    let to_name = format!("oci:{}", to.display());
    let image = format!("docker://{}/team/other:v1", house.address);
    let push = [
        "copy",
        "--dest-creds",
        "AWS:push",
        "--dest-tls-verify=false",
    ];
    let as_it_is = ["--preserve-digests"];
    succeed(&[&push[..], &as_it_is, &[&from_name, &image]].concat()).await;
    let pull = ["copy", "--src-creds", "AWS:pull", "--src-tls-verify=false"];
    succeed(&[&pull[..], &as_it_is, &[&image, &to_name]].concat()).await;
    let digest = manifest_digest(&from);
    assert_eq!(digest, manifest_digest(&to));
    let layers = |dir: &Path| {
        let entries = std::fs::read_dir(dir.join("blobs/sha256")).unwrap();
        let read = |entry: std::fs::DirEntry| {
            let name = entry.file_name().into_string().unwrap();
            (name, Digest::of(&std::fs::read(entry.path()).unwrap()))
        };
        entries
            .map(|entry| read(entry.unwrap()))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    assert_eq!(layers(&from), layers(&to));
    // The same again, as Docker's kind of manifest, into another repository: mounted or pushed.
    let other = format!("docker://{}/web:v2", house.address);
    let convert = [
        "--format",
        "v2s2",
        "--src-creds",
        "AWS:pull",
        "--src-tls-verify=false",
    ];
    succeed(&[&push[..], &convert, &[&image, &other]].concat()).await;
    let reply = house.get("/v2/web/manifests/v2").await;
    assert_eq!(reply.header("content-type"), DOCKER_MANIFEST);
    assert!(house.upload_files().is_empty());
    // By digest, and away.
    let by_digest = format!("docker://{}/team/other@{digest}", house.address);
    let creds = ["--creds", "AWS:push", "--tls-verify=false"];
    succeed(&[&["inspect"], &creds[..], &[&by_digest]].concat()).await;
    succeed(&[&["delete"], &creds[..], &[&image]].concat()).await;
    let reply = house.get("/v2/team/other/manifests/v1").await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn skopeo_tells_why_it_is_refused() {
    let house = House::open().await;
    let temp = tempfile::tempdir().unwrap();
    layout(temp.path());
    let from = format!("oci:{}", temp.path().display());
    for (creds, repository, told) in [
        (
            "AWS:push",
            "missing",
            "name unknown: The repository with name 'missing' does not exist",
        ),
        (
            "AWS:pull",
            "web",
            "denied: User: arn:aws:iam::123456789012:root is not authorized",
        ),
        ("AWS:wrong", "web", "unauthorized"),
        ("AWS:expired", "web", "403 (Forbidden)"),
    ] {
        let to = format!("docker://{}/{repository}:v1", house.address);
        let output = skopeo(&[
            "copy",
            "--retry-times=0",
            "--dest-creds",
            creds,
            "--dest-tls-verify=false",
            &from,
            &to,
        ])
        .await;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && stderr.contains(told),
            "{creds}: {stderr}"
        );
    }
    assert!(house.upload_files().is_empty());
}
