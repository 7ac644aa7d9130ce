using System.Text.RegularExpressions;

namespace Distiller.Mining.Reducing;

/// <summary>
/// Test runs (pytest, unittest, cargo, go, dotnet, jest, vitest, mocha, TAP, Maven, Gradle): lines that say that something
/// passed or was built are left out; failures, their text and the summary stay.
/// </summary>
internal static class TestRunReducer
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly Regex Command = new(
        @"\b(?:pytest|unittest|cargo (?:\w+ )?test|cargo nextest|go test|dotnet test|jest|vitest|mocha|(?:npm|pnpm|yarn|bun) (?:run )?test"
            + @"|ctest|tox|rspec|phpunit|mvn|gradlew?)\b",
        Linear
    );

    private static readonly Regex Sign = new(
        @"^=+ test session starts =+$|^=+ .*\d+ (?:passed|failed|errors?)\b.* in [\d.]+s.*=+$"
            + @"|^test result: (?:ok|FAILED)\.|^=== RUN\s|^--- (?:PASS|FAIL): |^ok\s+\S+\s+(?:\(cached\)|[\d.]+s)"
            + @"|^(?:Passed|Failed)!\s+- Failed:|^Total tests: \d+|^Test Suites:\s|^\s*Tests\s+\d+ (?:passed|failed)"
            + @"|^Tests:\s+\d+ |^\s*\d+ passing\b|^# tests \d+$|^TAP version|^\[?\w*\]?\s*Tests run: \d+|^Ran \d+ tests? in ",
        Linear
    );

    private static readonly Regex Passing = new(
        // go
        @"^\s*=== (?:RUN|PAUSE|CONT|NAME)\b|^\s*--- (?:PASS|SKIP): |^PASS$|^ok\s+\S+\s+(?:\(cached\)|[\d.]+s)|^\?\s+\S+\s+\[no test files\]"
            // cargo
            + @"|^test .+ \.\.\. (?:ok|ignored)|^running \d+ tests?$|^\s*(?:Compiling|Downloaded|Downloading|Running|Doc-tests|Blocking) \S"
            // pytest, unittest
            + @"|^\S+::\S.*\b(?:PASSED|SKIPPED|XFAIL)\b|^(?:\S+\.py )?[.sxX]+\s*(?:\[\s*\d+%\])?$"
            + @"|^(?:platform |cachedir: |rootdir: |plugins: |configfile: |asyncio: |collecting )|^test\w* \(.*\) \.\.\. (?:ok|skipped.*)$"
            // jest, vitest, mocha, TAP
            + @"|^\s*[✓√✔] |^PASS\s+\S|^\s*ok \d+\b"
            // dotnet
            + @"|^\s*Passed \S+ \[|^\s*Determining projects to restore|^\s*All projects are up-to-date|^\s*\S+ -> \S+\.(?:dll|exe)$"
            + @"|^Starting test execution|^A total of \d+ test files matched|^Microsoft \(R\)|^Copyright \(c\)"
            // Maven, Gradle
            + @"|^\[INFO\]\s*$|^\[INFO\] (?:Running |Download|-+|Building |Scanning )|^\[INFO\] Tests run: \d+, Failures: 0, Errors: 0,.*Time elapsed"
            + @"|^> Task \S+(?: UP-TO-DATE| NO-SOURCE)?$|^\S.* > .* PASSED$",
        Linear
    );

    public static string? Reduce(ToolOutput output)
    {
        var lines = output.Lines;
        if (!Command.IsMatch(output.Command) && !Array.Exists(lines, l => Sign.IsMatch(l)))
        {
            return null;
        }

        var keep = new bool[lines.Length];
        var dropped = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            keep[i] = !Passing.IsMatch(lines[i]) && (lines[i].Length > 0 || (i > 0 && keep[i - 1]));
            dropped += keep[i] ? 0 : 1;
        }

        // The last line is the verdict where a runner writes no other summary (go: "ok  package").
        var last = Array.FindLastIndex(lines, l => l.Length > 0);
        if (last >= 0 && !keep[last])
        {
            keep[last] = true;
            dropped--;
        }

        return dropped > 0 ? LeftOut.Join(lines, keep) : null;
    }
}

/// <summary>Tells the lines of an output that say what went wrong; no reducer drops them.</summary>
internal static class ErrorLine
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly Regex Words = new(
        @"^\W*(?:\[?\w+\]?:?\s+)?(?:error|errors|err!|fatal|panic|fail|failed|failure|exception|traceback|caused by|e:)\b"
            + @"|\berror\b\s*(?:\w*\d+)?\s*[:\[(!]"
            + @"|\bpanicked at\b|command not found|no such file or directory|permission denied|segmentation fault"
            + @"|core dumped|undefined reference|\bexit(?:ed with)? (?:code|status):? [1-9]|out of memory|\bassertion\b.*\bfailed\b",
        Linear | RegexOptions.IgnoreCase
    );

    private static readonly Regex Names = new(
        @"\b\w*(?:Error|Exception)\b\s*:|^\s*--- FAIL|\bFAILED\b|^E   |^\s*[✗✕✘×●] ",
        Linear
    );

    public static bool Is(string line)
    {
        // A line of megabytes is data; its head tells enough.
        var head = line.Length > 4_000 ? line[..4_000] : line;
        return Words.IsMatch(head) || Names.IsMatch(head);
    }
}
