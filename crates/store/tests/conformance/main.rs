//! The contract of `Store` as a test: one suite, run for every implementation.
//!
//! A new implementation adds a [`stand::Stand`] and one line at the end of this file.

#![cfg(test)]

mod leases;
mod model;
mod stand;
mod transactions;
mod watches;

/// Makes a test of each function of the suite, for one kind of store.
macro_rules! suite {
    ($store:ident: $($group:ident { $($name:ident),* $(,)? })*) => {
        mod $store {
            $(
                mod $group {
                    $(
                        #[test]
                        fn $name() {
                            crate::stand::run(crate::stand::$store, crate::$group::$name);
                        }
                    )*
                }
            )*
        }
    };
}

macro_rules! stores {
    ($($store:ident),*) => {
        $(
            suite! { $store:
                transactions {
                    a_key_lives_and_dies,
                    every_compare_holds_and_fails,
                    a_branch_is_chosen_and_done_in_order,
                    what_changes_nothing_takes_no_revision,
                    limits_are_exact,
                    a_key_may_change_only_once,
                    a_prefix_is_deleted,
                    pages_cover_a_prefix,
                    counters_lose_no_increment,
                }
                watches {
                    a_watch_replays_and_follows,
                    zero_watches_what_comes,
                    a_revision_is_never_split,
                    an_index_learns_of_quiet_revisions,
                    a_dropped_wait_loses_nothing,
                    compaction_is_told,
                    a_slow_watch_is_told_and_costs_nothing,
                    waiting_for_a_revision,
                    closing_ends_watches_after_their_events,
                }
                leases {
                    a_lease_that_runs_out_takes_its_keys,
                    keeping_alive_begins_anew,
                    revoking_is_at_once,
                    a_key_has_only_its_last_lease,
                    unknown_leases_are_refused,
                    times_are_bounded,
                    the_epoch_is_set,
                }
                model {
                    random_histories_match_a_naive_model,
                }
            }
        )*
    };
}

stores!(memory, redb);
