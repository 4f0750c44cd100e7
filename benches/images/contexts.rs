//! What is built: contexts that are made once and are the same in every run.

use std::fs;
use std::path::{Path, PathBuf};

/// Twelve instructions, five of them RUN.
const TWELVE: &str = r#"FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
ENV PATH=/bin A=1
WORKDIR /work
COPY Dockerfile /work/file
RUN echo one > one
RUN mkdir -p a/b && echo two > a/b/two
ENV B=2
RUN cat one a/b/two > three
RUN rm one && ln -s three four
LABEL x=y
CMD ["cat", "three"]
"#;

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// Makes `folder` by `fill`, whole or not at all.
fn once(folder: PathBuf, fill: impl FnOnce(&Path)) -> PathBuf {
    if !folder.exists() {
        let part = folder.with_extension("part");
        let _ = fs::remove_dir_all(&part);
        fs::create_dir_all(&part).unwrap();
        fill(&part);
        fs::rename(&part, &folder).unwrap();
    }
    folder
}

/// Returns the context of twelve instructions; nothing where there is no static busybox.
pub(crate) fn twelve(top: &Path) -> Option<PathBuf> {
    let busybox =
        ["/bin/busybox", "/usr/bin/busybox"].into_iter().find(|path| Path::new(path).exists())?;
    Some(once(top.join("twelve"), |folder| {
        fs::copy(busybox, folder.join("busybox")).unwrap();
        fs::write(folder.join("Dockerfile"), TWELVE).unwrap();
    }))
}

/// Returns a context of `count` files, 3.5 kB of text each on average, 200 in a folder.
pub(crate) fn files(top: &Path, count: usize) -> PathBuf {
    once(top.join(format!("files-{count}")), |folder| {
        fs::write(folder.join("Dockerfile"), "FROM scratch\nCOPY src /src\n").unwrap();
        let mut random = Random(7);
        for number in 0..count {
            let place = folder.join(format!("src/d{}", number / 200));
            fs::create_dir_all(&place).unwrap();
            let lines = 10 + random.next() % 140;
            let text: String = (0..lines)
                .map(|line| format!("{line} = value({})\n", random.next() % 1_000_000))
                .collect();
            fs::write(place.join(format!("f{number}.py")), text).unwrap();
        }
    })
}

/// Returns a context with one file of `mib` MiB that nothing can make smaller, and `version` of it: from one to the
/// next, 1.2 % changes in three places.
pub(crate) fn large(top: &Path, mib: usize, version: usize) -> PathBuf {
    once(top.join(format!("large-{mib}-{version}")), |folder| {
        fs::write(folder.join("Dockerfile"), "FROM scratch\nCOPY big /big\n").unwrap();
        let mut bytes = match version {
            0 => {
                let mut random = Random(11);
                let words = (0..mib << 17).map(|_| random.next().to_le_bytes());
                words.flatten().collect::<Vec<u8>>()
            }
            _ => fs::read(large(top, mib, version - 1).join("big")).unwrap(),
        };
        if version > 0 {
            let mut random = Random(100 + version as u64);
            let length = bytes.len() / 1000 * 4;
            for third in 0..3 {
                let start =
                    bytes.len() / 3 * third + random.next() as usize % (bytes.len() / 3 - length);
                bytes[start..start + length].fill_with(|| random.next() as u8);
            }
        }
        fs::write(folder.join("big"), bytes).unwrap();
    })
}
