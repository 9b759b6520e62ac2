//! The session over a real websocket, with a control plane that says what a test wants.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod stand;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent::{Engine, Parts, PretendImages, Session};
use agent_wire::{Frame, Heartbeat};
use ambient::{Clock, SystemClock, SystemRandom, Timestamp};
use futures_util::{SinkExt, StreamExt};
use network::MockNetwork;
use runtime::MockRuntime;
use stand::{PATIENCE, answering, caller, config, state};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// More than the pause before a state that could not be made is tried again.
const LONG: Duration = Duration::from_secs(6);

/// Goes on when told.
#[derive(Default)]
struct PushedClock {
    system: SystemClock,
    ahead: Mutex<Duration>,
}

impl Clock for PushedClock {
    fn now(&self) -> Timestamp {
        self.system.now()
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic() + *self.ahead.lock().unwrap()
    }
}

/// Sends a heartbeat and waits for the answer: everything before it was taken then.
async fn beat(socket: &mut WebSocketStream<TcpStream>) {
    let heartbeat = Frame::Heartbeat(Heartbeat {
        healthy: true,
        message_id: "beat".to_owned(),
    });
    let text = heartbeat.to_text().unwrap();
    socket.send(Message::text(text)).await.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Text(text) = message
            && matches!(Frame::parse(&text), Ok(Frame::HeartbeatAck(_)))
        {
            return;
        }
    }
    unreachable!("the session ended");
}

#[tokio::test]
async fn a_state_that_could_not_be_made_is_tried_again_though_frames_keep_coming() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let websocket = listener.local_addr().unwrap();
    let (endpoint, _) = answering(Arc::new(move |head: &str| {
        let arn = "arn:aws:ecs:us-east-1:123456789012:container-instance/default/i";
        if head.contains("RegisterContainerInstance") {
            let answer = format!(r#"{{"containerInstance":{{"containerInstanceArn":"{arn}"}}}}"#);
            (200, answer)
        } else {
            (200, format!(r#"{{"endpoint":"http://{websocket}/"}}"#))
        }
    }))
    .await;
    let folder = tempfile::tempdir().unwrap();
    let pushed = Arc::new(PushedClock::default());
    let clock: Arc<dyn Clock> = Arc::<PushedClock>::clone(&pushed);
    let network = Arc::new(MockNetwork::new());
    network.fail_next_apply("nft took too long");
    let engine = Engine::start(Parts {
        config: config(folder.path(), &endpoint),
        control_plane: caller(&endpoint, &clock),
        runtime: Arc::new(MockRuntime::new(Arc::clone(&clock))),
        network: Arc::<MockNetwork>::clone(&network),
        images: Arc::new(PretendImages),
        clock: Arc::clone(&clock),
        registry_hosts: watch::Sender::new(Vec::new()),
    })
    .await
    .unwrap();
    let session = Session {
        config: config(folder.path(), &endpoint),
        control_plane: caller(&endpoint, &clock),
        engine: Arc::new(engine),
        clock,
        random: Arc::new(SystemRandom),
    };
    let session = tokio::spawn(async move { session.run().await });
    let talk = async {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        let text = Frame::NodeState(state()).to_text().unwrap();
        socket.send(Message::text(text)).await.unwrap();
        beat(&mut socket).await;
        assert!(network.applied("vpc-1").is_none(), "it failed");
        *pushed.ahead.lock().unwrap() = LONG;
        // One turn of its loop each.
        for _ in 0..3 {
            beat(&mut socket).await;
        }
        assert!(network.applied("vpc-1").is_some(), "it was tried again");
    };
    tokio::time::timeout(PATIENCE, talk).await.expect("in time");
    session.abort();
}
