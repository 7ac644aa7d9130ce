using System.CommandLine;
using Distiller.Opsdesk;

namespace Distiller.Cli.Commands;

/// <summary>Options that the sample company's commands share.</summary>
internal static class OpsdeskOptions
{
    /// <summary>That are logged, and after which the handbook changes.</summary>
    public const int DaysByDefault = 5;

    public const int RulesByDefault = 60;

    /// <summary>Of a handbook that is worth moving out of a prompt.</summary>
    public const int RulesMin = 60;

    public const int RulesMax = 80;

    public static Option<long> Company(params string[] aliases) =>
        new("--company", aliases)
        {
            Description = "Seed of the company: another seed is another company.",
            HelpName = "SEED",
            DefaultValueFactory = _ => 42,
        };

    /// <summary>The same tickets for whoever gives the same seed.</summary>
    public static Option<long> TicketSeed(string name) =>
        new(name)
        {
            Description = "Draws the tickets.",
            HelpName = "SEED",
            DefaultValueFactory = _ => 1,
        };

    public static Option<int> OutputTokensMax() => Ranged("--max-output", "Tokens of one answer", 128, 1, 4096);

    public static Option<T> Ranged<T>(string name, string description, T value, T low, T high)
        where T : IComparable<T>
    {
        var option = new Option<T>(name)
        {
            Description = $"{description.TrimEnd('.')}, {low} to {high}.",
            DefaultValueFactory = _ => value,
        };
        option.Validators.Add(result =>
        {
            var given = result.GetValueOrDefault<T>();
            if (given.CompareTo(low) < 0 || given.CompareTo(high) > 0)
            {
                result.AddError($"{option.Name} is {given}; it must be from {low} to {high}.");
            }
        });
        return option;
    }

    /// <param name="days">That are logged before the handbook changes.</param>
    /// <param name="later">Rules that change on each of the days after.</param>
    public static Company Generate(long seed, int rules, int drift, int days, params IReadOnlyList<int> later) =>
        Opsdesk.Company.Generate(
            new CompanyOptions
            {
                Seed = seed,
                Pool = NamePool.Demo,
                Rules = rules,
                ChangedRules = drift,
                DriftDay = days,
                LaterChanges = later,
            }
        );
}
