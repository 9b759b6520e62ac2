//! Pulls from registries that want to know who asks, with what an operator gave the node to log in to
//! them. The images have no layers, so that no rights are needed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use agent::{ControlPlane, EcrImages, ImageSource, OtherRegistries, RegistryAuth};
use ambient::SystemClock;
use aws_sign::{Credentials, Secret};
use image::{ImageStore, SweepPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const TASK: &str = "arn:aws:ecs:us-east-1:123456789012:task/default/t";
/// Base64 of `user:word`.
const PAIR: &str = "dXNlcjp3b3Jk";

/// What a registry wants of whoever asks.
#[derive(Clone, Copy)]
enum Wants {
    Basic,
    Bearer,
}

/// A registry with one image, and every `authorization` that it was sent.
async fn registry(wants: Wants) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let sent = Arc::new(Mutex::new(Vec::new()));
    let (kept, own) = (Arc::clone(&sent), host.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (host, sent) = (own.clone(), Arc::clone(&kept));
            tokio::spawn(serve(stream, wants, host, sent));
        }
    });
    (host, sent)
}

async fn serve(mut stream: TcpStream, wants: Wants, host: String, sent: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let request = String::from_utf8(request).unwrap();
    let path = request.split(' ').nth(1).unwrap();
    let given = request.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then_some(value)
    });
    sent.lock().unwrap().extend(given.map(str::to_owned));
    let platform = image::Platform::host();
    let config = format!(
        r#"{{"architecture":"{}","os":"linux","config":{{"Cmd":["serve"]}},"rootfs":{{"type":"layers","diff_ids":[]}}}}"#,
        platform.architecture
    );
    let digest = format!(
        "sha256:{}",
        hex::encode(aws_sign::body_sha256(config.as_bytes()))
    );
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{digest}","size":{}}},"layers":[]}}"#,
        config.len()
    );
    let (word, challenge) = match wants {
        Wants::Basic => (format!("Basic {PAIR}"), "Basic realm=\"r\"".to_owned()),
        Wants::Bearer => (
            "Bearer t0ken".to_owned(),
            format!("Bearer realm=\"http://{host}/token\",service=\"s\""),
        ),
    };
    let (status, kind, text) = if path.starts_with("/token") {
        match given {
            Some(given) if given == format!("Basic {PAIR}") => {
                (200, "json", r#"{"token":"t0ken"}"#.to_owned())
            }
            _ => (403, "json", "{}".to_owned()),
        }
    } else if given != Some(&word) {
        (401, "json", "{}".to_owned())
    } else if path.contains("/manifests/") {
        (200, "vnd.oci.image.manifest.v1+json", manifest)
    } else {
        (200, "octet-stream", config)
    };
    let answer = format!(
        "HTTP/1.1 {status} So\r\nContent-Type: application/{kind}\r\nWWW-Authenticate: {challenge}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}

#[tokio::test]
async fn what_the_operator_gave_answers_the_challenges_of_its_registry_alone() {
    let (basic, _) = registry(Wants::Basic).await;
    let (bearer, _) = registry(Wants::Bearer).await;
    let (unknown, sent) = registry(Wants::Basic).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    let text = format!(
        r#"{{"auths": {{"{basic}": {{"auth": "{PAIR}"}}, "http://{bearer}/v2/": {{"username": "user", "password": "word"}}}}}}"#
    );
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let key = Credentials {
        access_key_id: "ASIATEST".into(),
        secret: Secret::new("secret".to_owned()),
        session_token: None,
    };
    let clock = Arc::new(SystemClock);
    let images = EcrImages::new(
        (
            ImageStore::open(folder.path().join("images")).unwrap(),
            SweepPolicy::default(),
        ),
        ControlPlane::new("http://127.0.0.1:9", key, clock.clone()),
        clock,
        watch::channel(Vec::new()).1,
        OtherRegistries {
            auth: Some(RegistryAuth::open(&file).unwrap()),
            ..OtherRegistries::default()
        },
    );
    for host in [basic, bearer] {
        let pulled = images.pull(&format!("{host}/app:1"), TASK).await;
        assert_eq!(pulled.expect("it is pulled").config.cmd, ["serve"]);
    }
    let refused = images.pull(&format!("{unknown}/app:1"), TASK).await;
    let refused = refused.unwrap_err().0;
    assert!(refused.contains("no credentials are known"), "{refused}");
    assert!(sent.lock().unwrap().is_empty());
}
