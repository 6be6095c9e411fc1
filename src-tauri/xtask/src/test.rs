//! `cargo xtask test`: sets up and runs every test.
//!
//! One selection of packages throughout: another one would build shared crates with other features once more.

use crate::{
    setup,
    steps::{Outcome, cargo, flag, program, step},
};

/// Runs every test: pure rules, both ends, foreign peers, the page, the real window.
pub fn test(arguments: &[String]) -> Outcome {
    setup::for_tests(flag(arguments, "--yes"))?;
    step("the page's rules", program("node", &["--test", "tests/ui/"]))?;
    step("everything else", cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]))
}
