//! File systems of the tests' own: small ones that fill up, and ones that cannot be written to.

use std::{path::Path, process::Command};

/// A file system in memory, taken away again when dropped.
pub struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// One of `size` (as `mount` has it: `8m`), where this user may mount one; else says visibly that the test is skipped.
    pub fn mount(at: &'a Path, size: &str) -> Option<SmallDisk<'a>> {
        match mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"], at) {
            Ok(()) => Some(SmallDisk(at)),
            Err(why) => {
                eprintln!("SKIPPED: a small disk cannot be mounted here: {why}");
                None
            }
        }
    }

    /// From here on nothing can be written to it.
    pub fn make_read_only(&self) {
        mount(&["-o", "remount,ro"], self.0).expect("what was mounted can be mounted read-only");
    }

    /// Fills it to the last byte with a file of this name.
    pub fn fill(&self, name: &str) {
        let mut size = 1 << 20;
        let mut file = std::fs::File::create(self.0.join(name)).expect("there is room for a name");
        while size > 0 {
            if std::io::Write::write_all(&mut file, &vec![1; size]).is_err() {
                size /= 2;
            }
        }
    }

    /// Takes a file away again.
    pub fn make_room(&self, name: &str) {
        std::fs::remove_file(self.0.join(name)).expect("it is there");
    }
}

fn mount(how: &[&str], at: &Path) -> Result<(), String> {
    match Command::new("mount").args(how).arg(at).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}
