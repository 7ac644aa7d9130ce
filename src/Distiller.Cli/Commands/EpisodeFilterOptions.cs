using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Distiller.Core;
using Distiller.Lake.Catalog;
using Distiller.Logs.Formats;

namespace Distiller.Cli.Commands;

/// <summary>The options that narrow a list of episodes.</summary>
internal sealed class EpisodeFilterOptions
{
    private readonly Argument<string[]> _words = new("words")
    {
        Description = "Words that must all occur, upper or lower case alike.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<OutcomeKind?> _outcome = new("--outcome")
    {
        Description = "Only those that ended so: succeeded, failed or unknown.",
        HelpName = "OUTCOME",
    };

    private readonly Option<string> _format = new("--format")
    {
        Description = $"Only those of a log format: {string.Join(", ", LogFormats.All.Select(f => f.Name))}.",
        HelpName = "NAME",
    };

    private readonly Option<string> _tenant = new("--tenant")
    {
        Description = "Only those of a tenant.",
        HelpName = "NAME",
    };

    private readonly Option<DateTimeOffset?> _from = Time("--from", "Only those started then or later");
    private readonly Option<DateTimeOffset?> _to = Time("--to", "Only those started before then");

    public void AddTo(Command command)
    {
        command.Arguments.Add(_words);
        command.Options.Add(_outcome);
        command.Options.Add(_format);
        command.Options.Add(_tenant);
        command.Options.Add(_from);
        command.Options.Add(_to);
    }

    public EpisodeFilter Read(ParseResult parsed) =>
        new(
            string.Join(' ', parsed.GetValue(_words) ?? []),
            parsed.GetValue(_outcome),
            parsed.GetValue(_format),
            parsed.GetValue(_tenant),
            parsed.GetValue(_from),
            parsed.GetValue(_to)
        );

    private static Option<DateTimeOffset?> Time(string name, string description) =>
        new(name)
        {
            Description = $"{description}: 2026-11-01, or 2026-11-01T08:30Z; in UTC unless it says otherwise.",
            HelpName = "TIME",
            CustomParser = Parse,
        };

    private static DateTimeOffset? Parse(ArgumentResult result)
    {
        if (
            DateTimeOffset.TryParse(
                result.Tokens[0].Value,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
        )
        {
            return time;
        }

        result.AddError($"'{result.Tokens[0].Value}' is no time; write it as 2026-11-01 or 2026-11-01T08:30Z.");
        return null;
    }
}
