//! One key, one effect.

use super::{Fixture, Kept, done, fresh_key, perform, script};
use engine::{
    port::{Secrets, Stop},
    request::Stopped,
};

/// Whoever asks twice, at once or later, gets what came of the one time.
pub async fn one_key_is_one_effect(fixture: &dyn Fixture) {
    let request = script(fixture, "od -An -N16 -tx1 /dev/urandom", &[]);
    let (provider, one, two, secrets) =
        (fixture.provider(), Kept::default(), Kept::default(), Secrets::new());
    let (first, second) =
        tokio::join!(provider.perform(&request, &secrets, &one), provider.perform(&request, &secrets, &two));
    assert_eq!(first, second);
    let (third, _) = perform(fixture, &request, &secrets).await;
    assert_eq!(first, third);
    let mut again = request.clone();
    again.key.attempt = 2;
    let (other, _) = done(fixture, &again).await;
    assert_ne!(engine::request::Outcome::Done(other), first);
}

/// What nobody has heard of does not run.
pub async fn unknown_keys_are_gone(fixture: &dyn Fixture) {
    for how in [Stop::Gracefully, Stop::Now] {
        assert_eq!(fixture.provider().cancel(&fresh_key(), how).await, Stopped::Confirmed);
    }
}
