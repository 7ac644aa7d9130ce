using System.CommandLine;

namespace Distiller.Cli.Commands;

/// <summary>
/// The logs that a command reads: files or folders, named plainly or with <c>--from</c>, which mean the same and may be
/// mixed. Every command that reads logs takes them by this.
/// </summary>
internal sealed class LogPaths
{
    private readonly Argument<string[]> _paths;
    private readonly Option<string[]> _from;
    private readonly bool _required;

    /// <param name="description">What is named, for the help.</param>
    /// <param name="required">Whether the command needs at least one.</param>
    public LogPaths(
        string description = "Log files or folders; the format is told from the content.",
        bool required = true
    )
    {
        _required = required;
        _paths = new Argument<string[]>("path") { Description = description, Arity = ArgumentArity.ZeroOrMore };
        _from = new Option<string[]>("--from")
        {
            Description = "The same as a plain path; several may follow.",
            HelpName = "PATH",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
    }

    public void AddTo(Command command)
    {
        command.Arguments.Add(_paths);
        command.Options.Add(_from);
        command.Validators.Add(result =>
        {
            var given = (result.GetValue(_paths) ?? []).Concat(result.GetValue(_from) ?? []).ToList();
            if (_required && given.Count == 0)
            {
                result.AddError("No logs are named: give files or folders, plainly or with --from.");
            }

            if (given.Exists(string.IsNullOrWhiteSpace))
            {
                result.AddError("A path is empty.");
            }
        });
    }

    /// <summary>Plain paths first, then those of <c>--from</c>.</summary>
    public string[] Read(ParseResult parsed) => [.. parsed.GetValue(_paths) ?? [], .. parsed.GetValue(_from) ?? []];
}
