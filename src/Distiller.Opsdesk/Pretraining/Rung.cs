using Distiller.Core.Settings;

namespace Distiller.Opsdesk.Pretraining;

/// <summary>One rung of a <see cref="Curriculum"/>: what the companies are like and what the assistant writes.</summary>
/// <param name="RulesMin">Fewest rules of a handbook; 1 to 200.</param>
/// <param name="RulesMax">Most rules of a handbook; at least the fewest.</param>
/// <param name="ActionsMin">Fewest actions of a plan before the closing; 1 to 3.</param>
/// <param name="ActionsMax">Most actions of a plan before the closing; at least the fewest.</param>
/// <param name="PlanOnly">
/// Whether the assistant quotes the entry and stops. The stop carries no loss: on other rungs the assistant continues to
/// act, and learning both would limit the accuracy of both.
/// </param>
/// <param name="TokensMax">Tokens of a row; only a first ticket that is longer by itself passes them.</param>
public sealed record Rung(
    string Name,
    int RulesMin,
    int RulesMax,
    int ActionsMin,
    int ActionsMax,
    bool PlanOnly,
    int TokensMax
)
{
    /// <summary>
    /// <see cref="CompanyOptions.Density"/> of the companies. Low on the first rungs: the subject, which handbook and ticket
    /// share word for word, tells the entry before the phrases have been learnt.
    /// </summary>
    public double Density { get; init; } = new CompanyOptions().Density;

    public void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RulesMin, RulesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(TokensMax, 1);
        OptionsCheck.Require(OptionsFor(seed: 0, RulesMin));
        OptionsCheck.Require(OptionsFor(seed: 0, RulesMax));
    }

    /// <summary>A company without drift: a row has one handbook.</summary>
    internal CompanyOptions OptionsFor(long seed, int rules) =>
        new()
        {
            Seed = seed,
            Pool = NamePool.Pretraining,
            Rules = rules,
            ActionsMin = ActionsMin,
            ActionsMax = ActionsMax,
            Density = Density,
            ChangedRules = 0,
            UnseenRules = 0,
        };
}
