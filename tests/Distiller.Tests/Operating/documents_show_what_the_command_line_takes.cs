using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Distiller.Tests.Operating;

public sealed partial class documents_show_what_the_command_line_takes
{
    [TestCase("README.md")]
    [TestCase("ops/runbook.md")]
    [TestCase("ops/edge.md")]
    [TestCase("jobs/nightly.yaml")]
    public void every_command_in_them_is_understood(string document)
    {
        var commands = Commands(File.ReadAllText(Path.Combine(Repository.Root, document))).ToList();
        commands.ShouldNotBeEmpty();
        commands
            .Select(c => (Command: c, Errors: Errors(c)))
            .Where(c => c.Errors.Length > 0)
            .Select(c => $"{c.Command}: {c.Errors}")
            .ShouldBeEmpty();
    }

    [TestCase("`./distiller retain --home HOME` discards", "--raw-days")]
    [TestCase("  ./distiller gc --dry-runs   # look", "--dry-runs")]
    [TestCase("./distiller jobs stop RUN", "stop")]
    public void a_slip_in_them_would_be_told(string text, string slip) =>
        Errors(Commands(text).Single()).ShouldContain(slip);

    private static IEnumerable<string> Commands(string text) =>
        Shown().Matches(text).Select(m => m.Groups["arguments"].Value.Trim());

    /// <summary>Parsed, and not carried out.</summary>
    private static string Errors(string arguments) =>
        string.Join(
            ' ',
            Cli.CommandLine.Build()
                .Parse([.. CommandLineParser.SplitCommandLine(arguments)])
                .Errors.Select(e => e.Message)
        );

    /// <summary>To the end of the code, of the line, or to a comment behind it.</summary>
    [GeneratedRegex(
        @"\./distiller (?<arguments>[^`\n]*?)(?=`|\s+#|\s*$)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex Shown();
}
