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

    [TestCase("ops/edge.md")]
    [TestCase("ops/systemd/distiller-edge.service")]
    public void so_is_every_command_of_the_program_for_devices(string document)
    {
        var commands = ShownForDevices()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
            .Select(m => m.Groups["arguments"].Value.Trim())
            .ToList();
        commands.ShouldNotBeEmpty();
        commands
            .Where(c => c != "…")
            .SelectMany(c =>
                EdgeCli
                    .EdgeCommandLine.Build()
                    .Parse([.. CommandLineParser.SplitCommandLine(c.TrimEnd('…'))])
                    .Errors.Select(e => $"{c}: {e.Message}")
            )
            // What is asked for by name stands in the environment of the unit.
            .Where(e => !e.Contains('$', StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Test]
    public void which_are_those_of_the_edge_command() =>
        EdgeCli
            .EdgeCommandLine.Build()
            .Subcommands.Select(c => c.Name)
            .ShouldBe(
                Cli.CommandLine.Build().Subcommands.Single(c => c.Name == "edge").Subcommands.Select(c => c.Name)
            );

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

    [GeneratedRegex(
        @"distiller-edge (?<arguments>(pull|verify|list|use|rollback|status|serve)\b[^`\n,]*?)(?=`|\s+#|,|\s*$)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex ShownForDevices();
}
