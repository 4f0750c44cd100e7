//! What is thought of an import: the lists are closed, so that what nobody thought of is unknown and never safe.

/// What is thought of an import; the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It runs commands or code, opens files or connections, or finds other things by name.
    Dangerous,
    Unknown,
    /// It makes numbers and containers, or an estimator of a library that is known.
    Safe,
}

impl Verdict {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dangerous => "dangerous",
            Self::Unknown => "unknown",
            Self::Safe => "safe",
        }
    }
}

/// Modules nothing of which belongs into a model, with all below them.
const DANGEROUS_MODULES: &[&str] = &[
    "_aix_support",
    "_osx_support",
    "_posixsubprocess",
    "_pyrepl",
    "_socket",
    "_thread",
    "aiohttp",
    "asyncio",
    "bdb",
    "cProfile",
    "code",
    "codeop",
    "commands",
    "compileall",
    "concurrent",
    "cffi",
    "ctypes",
    "dill",
    "distutils",
    "doctest",
    "ensurepip",
    "fileinput",
    "ftplib",
    "gc",
    "glob",
    "http",
    "httplib",
    "httpx",
    "idlelib",
    "imaplib",
    "imp",
    "importlib",
    "inspect",
    "io",
    "lib2to3",
    "linecache",
    "logging",
    "marshal",
    "mmap",
    "multiprocessing",
    "nt",
    "os",
    "pathlib",
    "pdb",
    "pickle",
    "pip",
    "pkgutil",
    "platform",
    "popen2",
    "poplib",
    "posix",
    "posixpath",
    "ntpath",
    "profile",
    "pty",
    "py_compile",
    "pydoc",
    "readline",
    "requests",
    "requests_toolbelt",
    "resource",
    "rlcompleter",
    "runpy",
    "setuptools",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "site",
    "smtplib",
    "socket",
    "socketserver",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "sysconfig",
    "tarfile",
    "telnetlib",
    "tempfile",
    "test",
    "threading",
    "timeit",
    "trace",
    "types",
    "urllib",
    "urllib2",
    "urllib3",
    "uuid",
    "venv",
    "wave",
    "webbrowser",
    "winreg",
    "xmlrpc",
    "zipapp",
    "zipfile",
    "zipimport",
];

/// Names that are dangerous in modules that are not.
const DANGEROUS_NAMES: &[(&str, &[&str])] = &[
    (
        "builtins",
        &[
            "__build_class__",
            "__import__",
            "__loader__",
            "__spec__",
            "apply",
            "breakpoint",
            "classmethod",
            "compile",
            "delattr",
            "dir",
            "eval",
            "exec",
            "execfile",
            "exit",
            "file",
            "filter",
            "getattr",
            "globals",
            "hasattr",
            "help",
            "input",
            "iter",
            "locals",
            "map",
            "memoryview",
            "next",
            "open",
            "print",
            "property",
            "quit",
            "raw_input",
            "reduce",
            "reload",
            "setattr",
            "staticmethod",
            "super",
            "type",
            "vars",
        ],
    ),
    ("operator", &["attrgetter", "itemgetter", "methodcaller", "call"]),
    ("_operator", &["attrgetter", "itemgetter", "methodcaller", "call"]),
    ("functools", &["partial", "partialmethod", "reduce", "singledispatch"]),
    ("_functools", &["partial", "reduce"]),
    (
        "numpy",
        &["load", "fromfile", "memmap", "loadtxt", "genfromtxt", "savetxt", "save", "tofile"],
    ),
    ("joblib", &["load", "dump", "Parallel", "Memory"]),
    ("joblib.numpy_pickle", &["load", "load_temporary_memmap"]),
    ("cloudpickle", &["load", "loads", "dumps"]),
    ("torch", &["load", "compile"]),
    ("torch.hub", &["load", "download_url_to_file", "load_state_dict_from_url"]),
    ("torch.serialization", &["load"]),
    ("torch.jit", &["load", "compile"]),
];

/// Functions of libraries that run what they are given, with all below them.
const DANGEROUS_PARTS: &[&str] = &[
    "numpy.testing",
    "numpy.f2py",
    "numpy.distutils",
    "numpy.lib.npyio",
    "torch._dynamo",
    "torch._inductor",
    "torch.distributed",
    "torch.utils._config_module",
    "torch.utils.bottleneck",
    "torch.utils.collect_env",
    "torch.utils.data.datapipes",
    "torch.fx",
    "pandas.io",
    "pandas.eval",
    "pandas.core.computation",
    "scipy._lib",
    "scipy.io",
    "sklearn.datasets",
    "keras.layers.Lambda",
];

/// Names that only make plain data.
const SAFE_NAMES: &[(&str, &[&str])] = &[
    (
        "builtins",
        &[
            "bool",
            "bytearray",
            "bytes",
            "complex",
            "dict",
            "float",
            "frozenset",
            "int",
            "list",
            "object",
            "range",
            "set",
            "slice",
            "str",
            "tuple",
            "long",
            "unicode",
            "NoneType",
            "Ellipsis",
            "NotImplemented",
        ],
    ),
    ("collections", &["OrderedDict", "defaultdict", "deque", "Counter"]),
    ("copyreg", &["_reconstructor", "__newobj__"]),
    ("_codecs", &["encode"]),
    ("datetime", &["datetime", "date", "time", "timedelta", "timezone"]),
    ("decimal", &["Decimal"]),
    ("fractions", &["Fraction"]),
    (
        "numpy",
        &[
            "dtype", "ndarray", "matrix", "float64", "float32", "float16", "int64", "int32",
            "int16", "int8", "uint8", "bool_", "str_",
        ],
    ),
    ("numpy.core.multiarray", &["_reconstruct", "scalar"]),
    ("numpy._core.multiarray", &["_reconstruct", "scalar"]),
    ("numpy.core.numeric", &["_frombuffer"]),
    ("numpy._core.numeric", &["_frombuffer"]),
    ("numpy.random._pickle", &["__randomstate_ctor", "__bit_generator_ctor", "__generator_ctor"]),
    ("numpy.random.mtrand", &["RandomState"]),
    ("numpy.random._mt19937", &["MT19937", "__pyx_unpickle_MT19937"]),
    ("numpy.ma.core", &["_mareconstruct", "MaskedArray"]),
    ("joblib.numpy_pickle", &["NumpyArrayWrapper"]),
    ("sklearn.tree._tree", &["Tree"]),
    ("sklearn._loss._loss", &["CyHalfBinomialLoss", "CyHalfMultinomialLoss", "CyHalfSquaredError"]),
    (
        "torch",
        &[
            "FloatStorage",
            "HalfStorage",
            "BFloat16Storage",
            "DoubleStorage",
            "LongStorage",
            "IntStorage",
            "ByteStorage",
            "BoolStorage",
            "Size",
            "device",
            "Tensor",
        ],
    ),
    (
        "torch._utils",
        &["_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_parameter", "_rebuild_qtensor"],
    ),
    ("torch.nn.parameter", &["Parameter"]),
    ("torch._tensor", &["_rebuild_from_type_v2"]),
    ("torch.storage", &["UntypedStorage", "TypedStorage"]),
];

/// Libraries whose classes hold numbers; their functions are another matter.
const SAFE_CLASSES_OF: &[&str] = &[
    "sklearn",
    "xgboost",
    "lightgbm",
    "catboost",
    "scipy.sparse",
    "scipy.interpolate",
    "imblearn",
    "category_encoders",
    "torch.nn.modules",
];

/// Returns what is thought of `module.name`.
pub(super) fn of(module: &str, name: &str) -> Verdict {
    let module = match module {
        "__builtin__" | "__builtins__" => "builtins",
        "copy_reg" => "copyreg",
        other => other,
    };
    let top = module.split('.').next().unwrap_or_default();
    let listed = |list: &[(&str, &[&str])]| {
        list.iter().any(|(own, names)| *own == module && names.contains(&name))
    };
    // `os.system` may also come as the name `system` of a name `os` in a harmless module.
    let is_path = name.contains('.') || !is_name(name) || !module.split('.').all(is_name);
    let below = |part: &&str| module == *part || module.starts_with(&format!("{part}."));
    if DANGEROUS_MODULES.contains(&top)
        || listed(DANGEROUS_NAMES)
        || DANGEROUS_PARTS.iter().any(&below)
    {
        return Verdict::Dangerous;
    }
    if is_path {
        return Verdict::Dangerous;
    }
    if listed(SAFE_NAMES) {
        return Verdict::Safe;
    }
    let is_class = name.trim_start_matches('_').starts_with(|c: char| c.is_ascii_uppercase());
    match is_class && SAFE_CLASSES_OF.iter().any(below) {
        true => Verdict::Safe,
        false => Verdict::Unknown,
    }
}

/// Tells whether these can be names in Python at all, and not any words of a text.
pub(super) fn are_names(module: &str, name: &str) -> bool {
    module.split('.').chain(name.split('.')).all(is_name)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
