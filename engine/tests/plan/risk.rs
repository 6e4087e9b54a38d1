//! The least risk of actions, case by case. A script of one line stands for a command, so both ways are held to it.

use engine::{
    expression::{Expr, Item, Part, Read},
    plan::{
        Action, Approve, Argument, Interpreter, Risk, Wait,
        action::{Http, Script},
        risk::floor,
    },
    value::Value,
};

fn text(text: &str) -> Expr {
    Expr::Literal(Value::Text(text.into()))
}

fn param() -> Expr {
    Expr::Read(Read::Param("x".into()))
}

pub(super) fn run(words: &[&str]) -> Action {
    Action::Run {
        program: words[0].into(),
        arguments: words[1..].iter().map(|word| Argument::One(text(word))).collect(),
    }
}

pub(super) fn script(interpreter: Interpreter, body: &str) -> Action {
    Action::Script { interpreter, body: Script::literal(body), arguments: Vec::new() }
}

pub(super) fn of_script(body: &str) -> Risk {
    floor(&script(Interpreter::Sh, body)).0
}

fn http(method: &str) -> Action {
    Action::Http(Box::new(Http {
        method: method.into(),
        url: text("https://example.com"),
        headers: Vec::new(),
        query: Vec::new(),
        body: None,
        auth: None,
    }))
}

/// Commands without quotes: each is looked at as a list of words and as a script.
const COMMANDS: &[(Risk, &[&str])] = &[
    (
        Risk::Low,
        &[
            "echo hi",
            "printf %s x",
            "true",
            "ls -la /etc",
            "cat a b",
            "date +%s",
            "/bin/cat a",
            "grep -rn rm .",
            "git status",
            "git log --oneline -n 10",
            "git -C repo diff",
            "cargo test --workspace --locked",
            "cargo +nightly build",
            "cargo clippy",
            "cargo fmt --check",
            "npm test",
            "go vet ./...",
            "python3 -m pytest -q",
            "pytest",
            "ruff check .",
            "docker ps -a",
            "docker compose ps",
            "docker --version",
            "kubectl get pods -n prod",
            "kubectl -n prod describe pod x",
            "terraform plan",
            "terraform -chdir=infra plan",
            "systemctl status nginx",
            "aws s3 ls",
            "aws s3api list-objects-v2 --output json --bucket b",
            "find . -name x",
            "tar -tzf a.tgz",
            "sort -n numbers.txt",
            "tee",
            "curl -sf https://example.com",
            "curl -sfo /dev/null https://example.com",
            "curl -X GET https://example.com",
            "timeout 5 cat a",
            "env A=b printenv A",
            "nice -n 5 nohup ls",
            "xargs echo",
            "command -v git",
            "sed -n 5p file",
            "sed s/a/b/g file",
            "sed -n /error/p file",
            "fdisk -l /dev/sda",
            "df -B1 --output=size,avail /var/lib/postgresql",
        ],
    ),
    (
        Risk::Medium,
        &[
            "frobnicate",
            "/opt/api/bin/install x",
            "/tmp/evil/ls",
            "./ls",
            "make",
            "make -n",
            "git commit -m x",
            "git -c core.pager=x status",
            "git --exec-path=x status",
            "git",
            "cargo run",
            "cargo build-everything",
            "npm run deploy",
            "npx eslint .",
            "python3 x.py",
            "bash x.sh",
            "perl -e x",
            "mkdir a",
            "cp a b",
            "rm a",
            "rm -f a",
            "sort -o out a",
            "uniq a b",
            "tar -xzf a.tgz",
            "tee out",
            "sed -i s/a/b/ f",
            "sed s/a/b/e f",
            "sed -n w f",
            "find . -fprint x",
            "find . -exec frobnicate {} +",
            "curl -d a=b https://example.com",
            "curl -o x https://example.com",
            "curl -X POST https://example.com",
            "wget https://example.com",
            "kubectl --unheard-of get delete pod x",
            "docker run --rm alpine true",
            "pip install x",
            "ssh host ls",
            "psql -f x.sql",
            "xargs frobnicate",
            "awk -f x",
            "kill 1",
            "terraform init",
            "/tmp/env ls",
            "env PATH=/tmp ls",
        ],
    ),
    (
        Risk::High,
        &[
            "rm -r a",
            "rm -rf build node_modules",
            "rm --recursive a",
            "rm --recur a",
            "/bin/rm -fr a",
            "rm /etc/hosts",
            "chmod -R 755 a",
            "chown --recursive a b",
            "dd if=a of=b",
            "shutdown -h now",
            "reboot",
            "systemctl stop nginx",
            "systemctl restart nginx",
            "service nginx stop",
            "sudo ls",
            "sudo -u postgres ls",
            "timeout 5 rm -rf a",
            "env A=b rm -rf a",
            "nice -n 5 rm -rf a",
            "xargs rm -rf",
            "find . -delete",
            "find . -exec rm -rf {} +",
            "git push",
            "git push --force-with-lease",
            "git reset --hard",
            "git clean -fdx",
            "docker system prune -f",
            "docker push a",
            "docker compose up -d",
            "docker stop a",
            "docker run -v /var/run/docker.sock:/s a",
            "kubectl delete pod x",
            "kubectl apply -f x",
            "kubectl -n prod exec x",
            "helm upgrade a b",
            "terraform apply",
            "aws ec2 terminate-instances --instance-ids x",
            "aws s3 sync --delete a b",
            "curl -X DELETE https://example.com",
            "curl -sXdelete https://example.com",
            "npm publish",
            "cargo publish",
            "apt-get remove x",
            "cp x /etc/passwd",
            "useradd x",
            "iptables -F",
            "pkill x",
            "ssh host reboot",
            "ssh -p 22 host sudo ls",
        ],
    ),
    (
        Risk::Critical,
        &[
            "rm -rf /",
            "rm -rf /*",
            "rm -rf /etc",
            "rm -rf ~",
            "rm -r -f /usr/",
            "rm -rf /home/x/../..",
            "sudo rm -rf /",
            "chmod -R 777 /",
            "mkfs.ext4 /dev/sda1",
            "mkfs -t ext4 /dev/sda1",
            "dd if=/dev/zero of=/dev/sda",
            "shred x",
            "git push --force",
            "git push -f origin main",
            "git push origin +main",
            "git push origin :main",
            "terraform destroy",
            "terraform apply -destroy",
            "kubectl delete namespace prod",
            "kubectl delete pods --all",
            "docker volume rm x",
            "docker compose down -v",
            "docker system prune --all --volumes",
            "aws s3 rm --recursive s3://x",
            "dropdb x",
            "redis-cli FLUSHALL",
            "gh repo delete x",
            "userdel -r x",
            "wipefs -a /dev/sda",
        ],
    ),
];

#[test]
fn commands() {
    for (risk, commands) in COMMANDS {
        for command in *commands {
            let words: Vec<_> = command.split(' ').collect();
            assert_eq!(floor(&run(&words)).0, *risk, "{command}");
            assert_eq!(of_script(command), *risk, "{command} as a script");
        }
    }
}

#[test]
fn a_reason_is_given_for_everything_above_low() {
    for (risk, commands) in COMMANDS {
        for command in *commands {
            let (_, why) = floor(&script(Interpreter::Bash, command));
            assert_eq!(why.is_some(), *risk > Risk::Low, "{command}");
        }
    }
    assert_eq!(floor(&run(&["rm", "-rf", "x"])).1, Some("deletes whole folders"));
    assert_eq!(floor(&run(&["frobnicate"])).1, Some("nothing is known of this program"));
}

#[test]
fn python_is_never_low() {
    for (risk, body) in [
        (Risk::Medium, "print(1)"),
        (Risk::Medium, "# shutil.rmtree('a')"),
        (Risk::High, "shutil.rmtree(\"a\")"),
        (Risk::High, "subprocess.run([\"rm\", \"-rf\", path])"),
        (Risk::High, "os.system('sudo reboot')"),
        (Risk::Critical, "cursor.execute('DROP TABLE a')"),
    ] {
        assert_eq!(floor(&script(Interpreter::Python, body)).0, risk, "{body}");
    }
}

#[test]
fn an_argument_that_is_not_known_counts_by_its_literal_parts() {
    let run = |program: &str, arguments: Vec<Argument>| {
        floor(&Action::Run { program: program.into(), arguments }).0
    };
    let literal = |word: &str| Argument::One(text(word));
    let template =
        |chars: &str| Argument::One(Expr::Text(vec![Part::Chars(chars.into()), Part::Value(param())]));
    assert_eq!(run("echo", vec![Argument::One(param()), Argument::Spread(param())]), Risk::Low);
    assert_eq!(run("git", vec![Argument::One(param())]), Risk::Medium);
    assert_eq!(run("git", vec![literal("log"), template("--author=")]), Risk::Low);
    assert_eq!(run("rm", vec![literal("-rf"), template("/")]), Risk::Critical);
    assert_eq!(run("rm", vec![literal("-rf"), template("/srv/app/")]), Risk::High);
    assert_eq!(run("psql", vec![literal("-c"), template("select ")]), Risk::Medium);
    assert_eq!(run("sh", vec![literal("-c"), Argument::One(param())]), Risk::Medium);
    let items = Expr::List(vec![Item::One(text("-rf")), Item::Spread(param())]);
    assert_eq!(run("rm", vec![Argument::Spread(items)]), Risk::High);
    let values = Value::List(vec![Value::Text("-rf".into()), Value::Text("/".into())].into());
    assert_eq!(run("rm", vec![Argument::Spread(Expr::Literal(values))]), Risk::Critical);
}

#[test]
fn other_actions() {
    let named = |name: &str| floor(&Action::Do { action: name.into(), params: Vec::new() }).0;
    assert_eq!(named("git_status"), Risk::Low);
    assert_eq!(named("file_write"), Risk::Medium);
    assert_eq!(named("git_push"), Risk::High);
    assert_eq!(named("unheard_of"), Risk::High);
    assert_eq!(named("format_disk"), Risk::Critical);
    for (method, risk) in
        [("GET", Risk::Low), ("head", Risk::Low), ("POST", Risk::Medium), ("DELETE", Risk::High)]
    {
        assert_eq!(floor(&http(method)).0, risk, "{method}");
    }
    assert_eq!(floor(&http("PURGE")).0, Risk::Medium);
    let agent = |tools| floor(&Action::Agent { model: None, prompt: text("why?"), tools }).0;
    assert_eq!(agent(None), Risk::Low);
    assert_eq!(agent(Some(param())), Risk::Medium);
    assert_eq!(floor(&Action::Call { workflow: "a.b".into(), params: Vec::new() }), (Risk::Low, None));
    assert_eq!(floor(&Action::Wait(Wait::For(param()))), (Risk::Low, None));
    let approve = Approve { message: None, approvers: param(), quorum: None, expires: None };
    assert_eq!(floor(&Action::Approve(approve)), (Risk::Low, None));
}
