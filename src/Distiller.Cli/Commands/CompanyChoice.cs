using System.CommandLine;
using Distiller.Opsdesk;

namespace Distiller.Cli.Commands;

/// <summary>Which company: the options that its commands share.</summary>
internal sealed class CompanyChoice
{
    public CompanyChoice(params string[] aliases)
    {
        Seed = OpsdeskOptions.Company(aliases);
        Rules = OpsdeskOptions.Ranged(
            "--rules",
            "Rules of its handbook",
            OpsdeskOptions.RulesByDefault,
            OpsdeskOptions.RulesMin,
            OpsdeskOptions.RulesMax
        );
        Days = OpsdeskOptions.Ranged(
            "--days",
            "Days that are logged before the handbook changes",
            OpsdeskOptions.DaysByDefault,
            1,
            60
        );
        Drift = OpsdeskOptions.Ranged(
            "--drift",
            "Rules that change after the logged days",
            1,
            0,
            OpsdeskOptions.RulesMin
        );
    }

    public Option<long> Seed { get; }

    public Option<int> Rules { get; }

    public Option<int> Days { get; }

    public Option<int> Drift { get; }

    /// <summary>Puts the options first in the command's help.</summary>
    public void AddTo(Command command)
    {
        command.Add(Seed);
        command.Add(Rules);
        command.Add(Days);
        command.Add(Drift);
    }

    public Company Generate(ParseResult parsed) =>
        OpsdeskOptions.Generate(
            parsed.GetValue(Seed),
            parsed.GetValue(Rules),
            parsed.GetValue(Drift),
            parsed.GetValue(Days)
        );
}
