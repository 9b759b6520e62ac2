//! Frames of the agent protocol, and the JSON of Docker's API inside them: what is read is the same
//! after it was written and read again.

use agent_wire::{Config, Frame, HostConfig};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    docker::<Config>(text);
    docker::<HostConfig>(text);
    let Ok(frame) = Frame::parse(text) else {
        return;
    };
    let _ = format!("{frame:?}");
    let written = frame
        .to_text()
        .expect("a frame that was read can be written");
    let again = Frame::parse(&written).expect("a frame that was written can be read");
    assert_eq!(again, frame);
    if let Frame::Payload(payload) = frame {
        for container in payload.tasks.iter().flat_map(|task| &task.containers) {
            docker::<Config>(&container.docker_config.config);
            docker::<HostConfig>(&container.docker_config.host_config);
        }
    }
}

fn docker<T: Serialize + DeserializeOwned + PartialEq>(text: &str) {
    let Ok(value) = serde_json::from_str::<T>(text) else {
        return;
    };
    let written = serde_json::to_string(&value).expect("what was read can be written");
    let again: T = serde_json::from_str(&written).expect("what was written can be read");
    assert!(again == value, "{text} became {written}");
}
