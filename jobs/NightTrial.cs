using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Evaluation;

namespace Distiller.Jobs;

/// <summary>Tasks that can be carried out, on which a night tries what it made before it publishes.</summary>
public sealed class NightTrial
{
    /// <param name="pricesPath">A price table as <see cref="PriceFile"/> reads it.</param>
    /// <param name="machine">What trains, by its name in the price table.</param>
    /// <param name="options">How the arms are run and judged, fixed before anything runs.</param>
    /// <exception cref="BadInputException">The price table cannot be used, or has no such machine.</exception>
    public NightTrial(IAgentTasks tasks, string pricesPath, string machine, TrialOptions options)
    {
        OptionsCheck.Require(options);
        (Tasks, PricesPath, Machine, Options) = (tasks, pricesPath, machine, options);
        Prices = PriceFile.Read(pricesPath);
        if (Prices.Machines.All(m => m.Name != machine))
        {
            throw new BadInputException(
                new SourceLocation(pricesPath, 0),
                $"It has no machine '{machine}'.",
                $"Name one of {string.Join(", ", Prices.Machines.Select(m => m.Name))}, or add it."
            );
        }
    }

    public IAgentTasks Tasks { get; }

    public string PricesPath { get; }

    public PriceTable Prices { get; }

    public string Machine { get; }

    public TrialOptions Options { get; }

    /// <summary>Tasks like the logged ones on which mined patterns are tried before they teach; null: none are.</summary>
    public PatternTrial? Patterns { get; init; }
}

/// <summary>What mined patterns are tried on. None of these tasks is one of the trial's.</summary>
public sealed record PatternTrial(IAgentTasks Tasks, ReplayOptions Options);
