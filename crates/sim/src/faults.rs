//! What goes wrong beside the nodes: the control plane dies, the clock jumps, the disk fails.

use std::sync::Arc;

use crate::clock::Turn;
use crate::world::World;

/// The most that wall time jumps at once, in milliseconds.
const JUMP_MAX_MILLIS: u64 = 300_000;

/// Makes things go wrong until they are not to any more; then all is well again.
pub(crate) async fn run(world: Arc<World>) {
    let dice = world.dice.fork("faults");
    let turn = |after| world.clock.turn(Turn::Faults, after);
    let mut furthest = 0;
    while world.faults() {
        turn(dice.between(1_000, 12_000)).await;
        if !world.faults() {
            break;
        }
        match dice.between(0, 99) {
            0..45 => {
                world.plane.kill();
                let down = if dice.percent(50) {
                    20
                } else {
                    dice.between(100, 20_000)
                };
                turn(down).await;
                world.plane.start();
            }
            45..75 => {
                let millis = i64::try_from(dice.between(0, JUMP_MAX_MILLIS)).unwrap_or(0);
                let millis = if dice.percent(50) { millis } else { -millis };
                world.trace.note(&format!("wall time jumps by {millis} ms"));
                world.clock.jump(millis);
                furthest = furthest.max(world.clock.ahead_millis());
            }
            _ => {
                world.trace.note("the disk is in trouble");
                world.store.set_trouble(true);
                turn(dice.between(1_000, 15_000)).await;
                world.store.set_trouble(false);
                world.trace.note("the disk is well");
            }
        }
    }
    // A clock that is set right does not stay behind what has been written down.
    world.clock.jump(furthest - world.clock.ahead_millis());
}
