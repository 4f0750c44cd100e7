//! The models that are served, made once by Python, and the programs that serve them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of models, and the Python that has made them.
pub(crate) struct Models {
    pub(crate) folder: PathBuf,
    pub(crate) python: PathBuf,
}

const SCRIPT: &str = include_str!("models.py");

impl Models {
    /// Makes the models where they are not there; none without the packages.
    pub(crate) fn make(folder: &Path) -> Option<Self> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ci/mlflow/bin/python");
        let python = std::env::var_os("MLS_BENCH_PYTHON").map_or(own, PathBuf::from);
        let needs = "import mlflow, onnx, onnxruntime, skl2onnx, sklearn";
        let there = Command::new(&python).args(["-c", needs]).stderr(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            println!("skipped: `{}` has not all of: {needs}", python.display());
            return None;
        }
        let minilm = std::env::var("MLS_BENCH_MINILM").unwrap_or_default();
        let name = blake3::hash(format!("{SCRIPT}{minilm}").as_bytes()).to_hex();
        let folder = folder.join(format!("models-{}", &name[..12]));
        let models = Self { folder, python };
        if !models.folder.join("done").exists() {
            let _ = std::fs::remove_dir_all(&models.folder);
            std::fs::create_dir_all(&models.folder).unwrap();
            models.script(&["make", models.folder.to_str().unwrap()]);
            std::fs::write(models.folder.join("done"), "").unwrap();
        }
        Some(models)
    }

    /// Runs the script on the first core; returns what it prints.
    pub(crate) fn script(&self, args: &[&str]) -> String {
        let mut command = crate::server::on_one_core(self.python.to_str().unwrap());
        let said = command.args(["-c", SCRIPT]).args(args).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Returns a program that is installed beside the Python.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.python.with_file_name(name)
    }

    /// Returns the library of the onnxruntime that the Python has.
    pub(crate) fn runtime(&self) -> Option<PathBuf> {
        let find = "import onnxruntime; print(onnxruntime.__path__[0])";
        let said = Command::new(&self.python).args(["-c", find]).output().ok()?;
        let package = String::from_utf8(said.stdout).ok()?;
        let files = std::fs::read_dir(Path::new(package.trim()).join("capi")).ok()?.flatten();
        let named = |path: &PathBuf| path.to_string_lossy().contains("libonnxruntime.so");
        files.map(|entry| entry.path()).find(named)
    }
}
