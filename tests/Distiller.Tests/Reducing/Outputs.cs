namespace Distiller.Tests.Reducing;

/// <summary>Tool outputs as the tools write them, written for these tests.</summary>
internal static class Outputs
{
    public static readonly (string Kind, string Command, string Text)[] All =
    [
        ("tests", "pytest -v", Pytest()),
        ("tests", "cargo test", Cargo()),
        ("tests", "go test ./... -v", Go()),
        ("tests", "dotnet test", Dotnet()),
        ("tests", "npx jest", Jest()),
        ("tests", "mvn test", Maven()),
        ("git", "git status", Status()),
        ("git", "git log", Log()),
        ("git", "git diff --stat", Stat()),
        ("git", "git diff", Diff()),
        ("install", "apt-get install -y ripgrep", Apt()),
        ("install", "pip install -r requirements.txt", Pip()),
        ("install", "npm ci", Npm()),
        ("install", "cargo build", CargoBuild()),
        ("listing", "ls -la src", LongListing()),
        ("listing", "find . -name '*.cs'", Find()),
        ("listing", "grep -rn Retry src", Grep()),
        ("json", "curl https://desk.example/tickets", Json()),
        ("json", "cat events.jsonl", JsonLines()),
        ("file", "", NumberedFile()),
        ("head-tail", "./deploy.sh", DeployLog()),
    ];

    public static string Pytest() =>
        "============================= test session starts ==============================\n"
        + "platform linux -- Python 3.12.1, pytest-8.1.1\nrootdir: /srv/app\ncollecting ... collected 43 items\n\n"
        + Lines(40, i => $"tests/test_orders.py::test_case_{i} PASSED                       [ {i, 2}%]")
        + "tests/test_orders.py::test_refund FAILED                        [100%]\n\n"
        + "=================================== FAILURES ===================================\n"
        + "_________________________________ test_refund __________________________________\n\n"
        + "    def test_refund():\n>       assert refund(7) == 12\nE       assert 11 == 12\n\ntests/test_orders.py:88: AssertionError\n"
        + "=========================== short test summary info ============================\n"
        + "FAILED tests/test_orders.py::test_refund - assert 11 == 12\n"
        + "========================= 1 failed, 42 passed in 1.31s =========================";

    public static string Cargo() =>
        "   Compiling desk v0.1.0 (/srv/desk)\n    Finished test [unoptimized] target(s) in 2.31s\n     Running unittests src/lib.rs\n\nrunning 31 tests\n"
        + Lines(30, i => $"test queue::tests::keeps_order_{i} ... ok")
        + "test queue::tests::drops_late ... FAILED\n\nfailures:\n\n---- queue::tests::drops_late stdout ----\n"
        + "thread 'queue::tests::drops_late' panicked at src/queue.rs:41:9:\nassertion `left == right` failed\n  left: 3\n right: 4\n\n"
        + "test result: FAILED. 30 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s";

    public static string Go() =>
        Lines(25, i => $"=== RUN   TestRoute{i}\n--- PASS: TestRoute{i} (0.00s)")
        + "=== RUN   TestLimit\n    limit_test.go:31: got 5, want 4\n--- FAIL: TestLimit (0.00s)\nFAIL\nFAIL\texample.org/desk\t0.013s\nok  \texample.org/desk/queue\t0.004s";

    public static string Dotnet() =>
        "  Determining projects to restore...\n  All projects are up-to-date for restore.\n  Desk -> /srv/desk/bin/Debug/net10.0/Desk.dll\n"
        + "Starting test execution, please wait...\nA total of 1 test files matched the specified pattern.\n"
        + Lines(30, i => $"  Passed orders_keep_their_number_{i} [3 ms]")
        + "  Failed a_refund_is_exact [12 ms]\n  Error Message:\n   Shouldly.ShouldAssertException : 11 should be 12\n  Stack Trace:\n     at Desk.Tests.Refunds.a_refund_is_exact() in Refunds.cs:line 14\n\n"
        + "Failed!  - Failed:     1, Passed:    30, Skipped:     0, Total:    31, Duration: 88 ms";

    public static string Jest() =>
        Lines(12, i => $"PASS src/widgets/widget{i}.test.ts")
        + "FAIL src/cart.test.ts\n"
        + Lines(15, i => $"    ✓ adds item {i} (2 ms)")
        + "    ✕ removes the last item (5 ms)\n\n  ● cart › removes the last item\n\n    expect(received).toBe(expected)\n\n    Expected: 0\n    Received: 1\n\n"
        + "Test Suites: 1 failed, 12 passed, 13 total\nTests:       1 failed, 80 passed, 81 total\nTime:        3.2 s";

    public static string Maven() =>
        "[INFO] Scanning for projects...\n[INFO] \n[INFO] Building desk 1.0\n"
        + Lines(
            12,
            i =>
                $"[INFO] Running desk.Queue{i}Test\n[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.0{i} s"
        )
        + "[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! - in desk.RefundTest\n"
        + "[ERROR] desk.RefundTest.exact  Time elapsed: 0.01 s  <<< FAILURE!\nexpected:<12> but was:<11>\n[INFO] BUILD FAILURE";

    public static string Status() =>
        "On branch refunds\nYour branch is ahead of 'origin/refunds' by 2 commits.\n  (use \"git push\" to publish your local commits)\n\n"
        + "Changes to be committed:\n  (use \"git restore --staged <file>...\" to unstage)\n"
        + Lines(30, i => $"\tmodified:   src/orders/part{i}.cs")
        + "\nChanges not staged for commit:\n  (use \"git add <file>...\" to update what will be committed)\n"
        + Lines(30, i => $"\tmodified:   src/refunds/part{i}.cs")
        + "\nUntracked files:\n  (use \"git add <file>...\" to include in what will be committed)\n\tnotes.txt\n";

    public static string Log() =>
        Lines(
            50,
            i =>
                $"commit {i:x2}c0ffee00112233445566778899aabbccddeeff\nAuthor: Someone <someone@example.org>\nDate:   Mon Nov 2 10:{i:00}:00 2026 +0100\n\n    Keep order number {i} when refunding\n\n    A longer explanation that nobody reads a second time.\n"
        );

    public static string Stat() =>
        Lines(20, i => $" src/orders/some_part_number_{i}.cs              |  {i + 10} ++++++++++++++------------")
        + " 20 files changed, 410 insertions(+), 220 deletions(-)";

    public static string Diff() =>
        "diff --git a/src/refund.cs b/src/refund.cs\nindex 0011223..4455667 100644\n--- a/src/refund.cs\n+++ b/src/refund.cs\n@@ -10,40 +10,40 @@ class Refund\n"
        + Lines(30, i => $"     var unchanged{i} = Compute({i});")
        + "-    return 11;\n+    return 12;\n"
        + Lines(10, i => $"     // tail {i}");

    public static string Apt() =>
        "Reading package lists...\nBuilding dependency tree...\nReading state information...\nThe following NEW packages will be installed:\n  ripgrep\n"
        + Lines(
            10,
            i =>
                $"Get:{i + 1} http://archive.example/debian bookworm/main amd64 ripgrep-part{i} amd64 13.0.0 [1,342 kB]"
        )
        + "Fetched 1,342 kB in 1s (2,301 kB/s)\n"
        + Lines(
            10,
            i =>
                $"Selecting previously unselected package ripgrep-part{i}.\nPreparing to unpack .../ripgrep-part{i}_13.0.0_amd64.deb ...\nUnpacking ripgrep-part{i} (13.0.0) ..."
        )
        + "E: Unable to locate package ripgrepp";

    public static string Pip() =>
        Lines(
            15,
            i =>
                $"Collecting package{i}==1.{i}\n  Downloading package{i}-1.{i}-py3-none-any.whl (61 kB)\n     ━━━━━━━━━━━━━━━ 61.4/61.4 kB 2.1 MB/s eta 0:00:00"
        )
        + "Installing collected packages: package0, package1\nERROR: pip's dependency resolver found a conflict: package3 requires package1<1.0\nSuccessfully installed package0-1.0 package1-1.1";

    public static string Npm() =>
        Lines(
            12,
            i => $"npm warn deprecated left-pad{i}@1.0.{i}: use String.prototype.padStart() instead of this old package"
        )
        + "\nadded 812 packages, and audited 813 packages in 9s\n\n3 vulnerabilities (1 moderate, 2 high)\nnpm ERR! code ELIFECYCLE";

    public static string CargoBuild() =>
        Lines(30, i => $"   Compiling crate-number-{i} v0.{i}.0")
        + "error[E0308]: mismatched types\n  --> src/main.rs:7:5\n   |\n7  |     \"a\"\n   |     ^^^ expected `u32`, found `&str`\n\nerror: could not compile `desk` (bin \"desk\") due to 1 previous error";

    public static string LongListing() =>
        "total 96\n"
        + Lines(30, i => $"-rw-r--r--  1 deskuser deskgroup  {1000 + i} Nov  2 10:{i:00} order_handler_{i}.cs")
        + "drwxr-xr-x  4 deskuser deskgroup   128 Nov  2 10:00 refunds";

    public static string Find() =>
        Lines(120, i => $"./src/orders/handlers/handler{i}.cs") + "find: './private': Permission denied";

    public static string Grep() =>
        string.Concat(
            Enumerable
                .Range(0, 6)
                .Select(f => Lines(12, i => $"src/orders/file{f}.cs:{i + 10}:        policy.Retry({i}, delay);"))
        ) + "grep: src/locked.cs: Permission denied";

    public static string Json() =>
        "{\n  \"tickets\": ["
        + string.Join(
            ", ",
            Enumerable
                .Range(0, 60)
                .Select(i =>
                    $"{{\"id\": {i}, \"price\": 12.50, \"note\": null, \"tags\": [], \"owner\": {{\"name\": \"\", \"team\": null}}, \"body\": \"{new string('x', 30)}\"}}"
                )
        )
        + "],\n  \"log\": \""
        + new string('y', 2000)
        + "\",\n  \"error\": \"Error: ticket 61 is locked\",\n  \"big\": 12345678901234567890123\n}";

    public static string JsonLines() =>
        Lines(
            90,
            i => $"{{\"time\": \"2026-11-02T10:00:{i % 60:00}Z\", \"level\": \"info\", \"detail\": null, \"n\": {i}}}"
        );

    public static string NumberedFile() => Lines(200, i => $"{i + 1, 6}→    throw new Exception(\"error: {i}\");");

    public static string DeployLog() =>
        Lines(150, i => $"step {i}: copied part {i} to the host")
        + "ERROR: disk quota exceeded on host 7\n"
        + Lines(150, i => $"step {i + 150}: waited for part {i}")
        + "deploy finished with 1 error";

    private static string Lines(int count, Func<int, string> line) =>
        string.Concat(Enumerable.Range(0, count).Select(i => line(i) + "\n"));
}
