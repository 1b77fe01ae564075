"""A repository on GitHub, an account of AWS, and the machines in between, all on this one: a bare clone, the embedded
engine, and fakes of what needs more. Workflows run in it as they stand in the commit that starts them.
"""

import base64
import contextlib
import http.server
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import urllib.parse

import yaml

from runner import Run, Unknown, starts

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TOOL = ROOT / "target" / "debug" / "stratiform"
ACCOUNT = "111122223333"
CERTIFICATE = f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/0a1b2c3d"


class World:
    repository = "octo/storefront"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.origin, self.team = self.folder / "origin.git", self.folder / "team"
        self.numbers = itertools.count(1)
        self.runs = []
        # The steps that ran where they must fail, by file, job and step.
        self.failed = set()
        # Who may go into which environment of GitHub: patterns of refs, and whether somebody has to approve.
        self.environments = {
            "dev": ("refs/heads/", False),
            "staging": ("refs/heads/main", False),
            "prod-prepare": ("refs/tags/v", False),
            "prod": ("refs/tags/v", True),
            "prod-try": ("refs/tags/v", False),
        }
        self.approves = True
        self.asked = []

    def __enter__(self):
        self.ending = contextlib.ExitStack()
        self.bin()
        self.clone()
        self.start_engine()
        self.start_identity()
        return self

    def __exit__(self, *_):
        self.ending.close()

    # The machine

    def bin(self):
        missing = [name for name in ("bash", "curl", "git", "jq") if shutil.which(name) is None]
        assert not missing, f"workflows need {', '.join(missing)}: install that"
        folder = self.folder / "bin"
        folder.mkdir()
        shutil.copy(HERE / "fakes.py", folder)
        for name in ("aws", "cargo", "curl", "docker", "gh", "python", "rustup"):
            file = folder / name
            file.write_text(
                f"#!{sys.executable}\nimport sys\nimport fakes\n\nfakes.main({name!r}, sys.argv[1:])\n"
            )
            file.chmod(0o755)
        self.home = self.folder / "home"
        self.home.mkdir()
        (self.home / ".gitconfig").write_text(
            "[user]\nname = ann\nemail = ann@example.com\n[init]\ndefaultBranch = main\n[advice]\ndetachedHead = false\n"
        )

    def machine(self):
        """What every step finds in its environment, whatever the workflow says."""
        path = [self.folder / "bin", ROOT / "target" / "oracles" / "bin", "/usr/local/bin", "/usr/bin", "/bin"]
        path = [str(folder) for folder in path]
        return {
            "AWS_ENDPOINT_URL": self.engine,
            "AWS_EC2_METADATA_DISABLED": "true",
            # What the tool asks about the package that it is built from.
            "CARGO": shutil.which("cargo"),
            "CARGO_HOME": os.environ.get("CARGO_HOME", str(pathlib.Path.home() / ".cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(pathlib.Path.home() / ".rustup")),
            "CURL": shutil.which("curl", path=os.pathsep.join(path[1:])),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join(path),
            "TOOL": str(TOOL),
            "WORLD": str(self.folder),
        }

    def stratiform(self, *arguments, codes=(0,)):
        """Runs the tool for the team, in the repository that it works in; it ends with one of these."""
        done = subprocess.run(
            [str(TOOL), *arguments],
            cwd=self.team,
            env={
                **self.machine(),
                "AWS_ACCESS_KEY_ID": ACCOUNT,
                "AWS_SECRET_ACCESS_KEY": "any",
                "HOME": os.environ["HOME"],
                "PATH": os.environ["PATH"],
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert done.returncode in codes, done.stdout
        return done.stdout

    # The repository

    def git(self, *arguments, folder=None):
        return subprocess.run(
            ["git", *arguments],
            cwd=folder or self.team,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"]},
            check=True,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ).stdout.strip()

    def clone(self):
        """What is in this repository's working tree and would be committed, as the first commit of another one."""
        self.git("init", "--quiet", "--bare", str(self.origin), folder=self.folder)
        self.git("init", "--quiet", str(self.team), folder=self.folder)
        self.git("remote", "add", "origin", str(self.origin))
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                target = self.team / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, target)

    def edit(self, file, old, new):
        path = self.team / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} has `{old}` {text.count(old)} times"
        path.write_text(text.replace(old, new))

    def commit(self, message):
        self.stratiform("synth")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def push(self, ref):
        """Pushes a branch or tag: the runs of all workflows that it starts."""
        self.git("push", "--quiet", "origin", ref)
        self.git("fetch", "--quiet", "--tags", "origin")
        files = self.git("ls-tree", "--name-only", f"{ref}:.github/workflows").split()
        texts = {file: yaml.safe_load(self.git("show", f"{ref}:.github/workflows/{file}")) for file in files}
        return {file: self.run(file, "push", ref) for file, workflow in texts.items() if starts(workflow, ref)}

    def run(self, file, event, ref, inputs=None):
        run = Run(self, file, event, ref, inputs).go()
        runs = self.folder / "runs.json"
        known = json.loads(runs.read_text()) if runs.exists() else []
        known.append({"file": file, "branch": ref.split("/", 2)[2], "sha": run.sha, "success": run.result == "success"})
        runs.write_text(json.dumps(known))
        return run

    def change(self, file):
        """Edits a file in a way that means nothing."""
        with (self.team / file).open("a") as text:
            text.write("// faster\n")

    def status_of(self, environment):
        return self.stratiform("status", "--env", environment, codes=(0, 3))

    def check_out(self, commit, ref, folder):
        self.git("clone", "--quiet", "--shared", str(self.origin), str(folder))
        self.git("checkout", "--quiet", "--detach", commit, folder=folder)

    def statuses(self, commit):
        """What is said at a commit, by context."""
        file = self.folder / "statuses.json"
        said = json.loads(file.read_text()) if file.exists() else []
        return {one["context"]: (one["state"], one["description"]) for one in said if one["sha"] == commit}

    # GitHub

    def next_run(self):
        return next(self.numbers)

    def token(self, permissions):
        return json.dumps(permissions)

    def event(self, run):
        event = {"repository": {"default_branch": "main"}}
        if run.event == "pull_request":
            event["pull_request"] = {
                "number": 7,
                "base": {"ref": "main"},
                "head": {"sha": run.sha, "repo": {"full_name": self.repository}},
            }
        return event

    def variables(self, environment):
        """The variables of an environment; of the repository where there is none."""
        if environment is None:
            return {"STRATIFORM_FAIL_ON": ""}
        name = environment.removesuffix("-prepare")
        https = name in ("staging", "prod")
        return {
            "AWS_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/storefront-{name}-deploy",
            "AWS_ACCOUNT_ID": ACCOUNT,
            "STRATIFORM_PARAMETERS": f"CertificateArn={CERTIFICATE}" if https else "",
        }

    def secrets(self, environment):
        """The secrets of an environment: only what deploys runs commands, and so needs theirs."""
        if environment is None:
            return {}
        hook = {"DEPLOY_WEBHOOK": f"{self.issuer}/hook/{environment.removesuffix('-prepare')}"}
        return hook if environment.endswith("-prepare") else {**hook, "LOAD_KEY": "s3cret"}

    def enters(self, environment, run):
        """Whether a job may begin in an environment: its ref is one of those that may, and who has to approve does."""
        if environment not in self.environments:
            raise Unknown(f"nobody made the environment {environment}")
        refs, asks = self.environments[environment]
        if not run.ref.startswith(refs):
            return False
        if asks:
            self.asked.append((environment, run.summary))
            self.review(run, environment)
        return self.approves or not asks

    def review(self, run, environment):
        """Somebody reads what is to be deployed, and says yes or no: of each run GitHub remembers it."""
        file = self.folder / "approvals.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        state = "approved" if self.approves else "rejected"
        review = {"state": state, "comment": "", "environments": [{"name": environment}], "user": {"login": "octo-cat"}}
        known.setdefault(str(run.id), []).append(review)
        file.write_text(json.dumps(known))

    def situations_of(self, file, job, step):
        """Situations in which a step must fail."""
        return []

    def changes_of(self, file, job, step):
        """What is different in this world for a step that runs as it should."""
        return {}

    # AWS, and GitHub's word for it

    def start_engine(self):
        engine = subprocess.Popen(
            [str(TOOL), "engine", "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
        )
        self.ending.callback(engine.stdout.close)
        self.ending.callback(engine.wait)
        self.ending.callback(engine.kill)
        self.engine = engine.stdout.readline().split()[0]

    def fault(self, fault):
        """Has the engine fail at something."""
        import urllib.request

        urllib.request.urlopen(f"{self.engine}/_stratiform/fault", fault.encode()).close()

    def client(self, service, region="eu-central-1"):
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.engine,
            region_name=region,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="any",
        )

    def image(self, environment, service):
        """The image that an environment's service runs."""
        stack = self.client("cloudformation").describe_stacks(StackName=f"storefront-{environment}-services")["Stacks"][0]
        values = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
        return values[f"{service.capitalize()}Image"]

    def start_identity(self):
        """GitHub's endpoint for identity tokens: a job with the right to one has a word to ask with."""
        world = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
                claims = world.identities.get(self.headers.get("Authorization", "").removeprefix("bearer "))
                if claims is None:
                    self.send_error(401)
                    return
                claims = {**claims, "aud": asked["audience"][0]}
                parts = ({"alg": "RS256"}, claims, {"signed": "by nobody"})
                token = ".".join(
                    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
                )
                body = json.dumps({"value": token}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                world.told.append(claims)

            def do_POST(self):
                """The webhook; where it is taken for AWS, nobody may do anything."""
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path.startswith("/hook/"):
                    world.heard.append((self.path.removeprefix("/hook/"), json.loads(sent)["text"]))
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                body = b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code></Error></ErrorResponse>"
                self.send_response(403)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.identities, self.told = {}, []
        # What the webhook was told, with the environment.
        self.heard = []
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.ending.callback(server.server_close)
        self.ending.callback(server.shutdown)
        self.issuer = f"http://127.0.0.1:{server.server_address[1]}"

    def identity(self, run, environment):
        """What a job that may have an identity asks for it with."""
        claims = {"sub": f"repo:{self.repository}:environment:{environment}", "ref": run.ref, "environment": environment}
        word = f"word-{len(self.identities)}"
        self.identities[word] = claims
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.issuer}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": word,
        }
