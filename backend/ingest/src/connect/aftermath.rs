//! Aftermath: what follows a generation that failed, for the next one and for new certificates it was on trial with.

use crate::rotation::Preference;

/// With what it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    /// What this connection was subscribed with before.
    Own,
    /// The same, and that has expired.
    Expired,
    /// New certificates, while it was down.
    New,
    /// New certificates, to which it had moved while it ran.
    NewByTurn,
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    Nothing,
    LetIn,
    Subscribed,
}

/// What ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The broker does not want us, or we not it.
    Verdict,
    /// Another client took the session.
    TakenOver,
    /// Perhaps the network.
    Other,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Aftermath {
    /// What the next attempt is made with.
    pub(super) preference: Preference,
    /// As soon as the broker takes another CONNECT: what worked before is wanted back.
    pub(super) is_soon: bool,
    /// It is held against the new certificates.
    pub(super) have_files_failed: bool,
}

pub(super) fn aftermath(with: With, reached: Reached, cause: Cause) -> Aftermath {
    let preference = match with {
        // What has worked until now was hardly lost for its certificate. If it fails at once, it may have been revoked.
        With::Own if reached == Reached::Subscribed => Preference::Own,
        With::Own | With::Expired => Preference::Newest,
        With::New | With::NewByTurn => Preference::Own,
    };
    let is_soon = match with {
        With::Own | With::Expired => false,
        With::New => reached != Reached::Nothing,
        With::NewByTurn => true,
    };
    let have_files_failed = match with {
        With::Own | With::Expired => false,
        With::New => cause == Cause::Verdict,
        // Each try costs two reconnects, so whatever it was, it is not tried again so soon. A broker may well hang up on who
        // subscribes to what it may not.
        With::NewByTurn => cause != Cause::TakenOver,
    };
    Aftermath { preference, is_soon, have_files_failed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Cause::{Other, TakenOver, Verdict};
    use Preference::{Newest, Own};
    use Reached::{LetIn, Nothing, Subscribed};

    #[test]
    fn each_failure_has_its_aftermath() {
        let table = [
            // With what, how far, why: what next, soon, and whether the files failed.
            (With::Own, Nothing, Other, Newest, false, false),
            (With::Own, Nothing, Verdict, Newest, false, false),
            (With::Own, LetIn, Verdict, Newest, false, false),
            (With::Own, Subscribed, Other, Own, false, false),
            (With::Own, Subscribed, TakenOver, Own, false, false),
            (With::Expired, Subscribed, Other, Newest, false, false),
            (With::Expired, Nothing, Verdict, Newest, false, false),
            (With::New, Nothing, Other, Own, false, false),
            (With::New, Nothing, Verdict, Own, false, true),
            (With::New, LetIn, Verdict, Own, true, true),
            (With::New, LetIn, Other, Own, true, false),
            (With::New, LetIn, TakenOver, Own, true, false),
            (With::NewByTurn, LetIn, Verdict, Own, true, true),
            (With::NewByTurn, LetIn, Other, Own, true, true),
            (With::NewByTurn, LetIn, TakenOver, Own, true, false),
        ];
        for (with, reached, cause, preference, is_soon, have_files_failed) in table {
            let expected = Aftermath { preference, is_soon, have_files_failed };
            assert_eq!(aftermath(with, reached, cause), expected, "{with:?} {reached:?} {cause:?}");
        }
    }
}
