//! Addresses of destinations, and the plans of every driver.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{memory::Memory, *};
use crate::{chunk::Completes, destination::SurveyKind};

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let options = HttpOptions::default();
    for address in [
        "",
        "nonsense",
        "http://host/upload",
        "ftp+http://host/",
        "fineuploader+gopher://host/",
        "fineuploader+http://",
    ] {
        let error = normalise(address, &options).expect_err(address);
        assert_eq!(error.kind(), ErrorKind::Invalid, "{address}: {error}");
    }
}

#[test]
fn plain_http_beyond_this_machine_needs_consent() {
    let address = "fineuploader+http://files.example.com/upload";
    assert!(normalise(address, &HttpOptions::default()).is_err());
    normalise(address, &HttpOptions { allow_http: true, ..HttpOptions::default() }).expect("agreed");
    normalise("fineuploader+http://127.0.0.1:9/upload", &HttpOptions::default()).expect("loopback needs none");
}

#[test]
fn a_password_in_a_url_is_refused_and_not_repeated() {
    let error = normalise("fineuploader+https://me:hunter2@host/upload", &HttpOptions::default()).expect_err("secret");
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

/// Every driver, in the ways it can be set.
static DRIVERS: LazyLock<Vec<Arc<dyn Destination>>> = LazyLock::new(|| {
    let (options, mandatory) = (HttpOptions::default(), r#"{"fine_uploader": {"mandatory": true}}"#);
    let fine_uploader =
        ["", "?done=/d", "?done=/d&chunk=400", "?chunk=1&concurrent=true"].into_iter().flat_map(|query| {
            let address = format!("fineuploader+http://127.0.0.1:1/up{query}");
            ["{}", mandatory].map(|set| {
                let settings = DestinationSettings::from_json(set).expect("settings");
                connect_with(&address, Credentials::default(), &options, &settings).expect("a driver")
            })
        });
    let kinds = [SurveyKind::Set, SurveyKind::Offset, SurveyKind::Cannot];
    let memory = kinds.map(|kind| Arc::new(Memory::new(kind, Completes::LastChunk)) as Arc<dyn Destination>);
    fine_uploader.chain(memory).collect()
});

proptest! {
    #[test]
    fn every_driver_cuts_every_source_within_its_bounds_or_says_that_it_is_too_large(
        size in prop_oneof![0u64..5000, 0..=5u64 << 40], wish in prop_oneof![0u64..5000, any::<u64>()]
    ) {
        for driver in DRIVERS.iter() {
            let can = driver.capabilities();
            let plan = match driver.plan(size, wish) {
                Ok(plan) => plan,
                Err(error) => {
                    prop_assert_eq!(error.kind(), ErrorKind::TooLarge);
                    continue;
                }
            };
            let count = plan.count();
            prop_assert_eq!(plan.size, size);
            prop_assert!((can.min_chunk..=can.max_chunk).contains(&plan.chunk_size) && count <= can.max_chunks);
            let end = count.checked_sub(1).map_or(0, |last| plan.chunk(last).end());
            prop_assert_eq!(end, size, "every byte is in a chunk: {:?}", plan);
            prop_assert!(count > 0 || plan.completes == Completes::FinishRequest, "something makes the object exist");
        }
    }
}
