using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Distiller.Core.Settings;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>Options of running and judging the arms, fixed before anything runs and written beside the figures.</summary>
public sealed record TrialOptions
{
    [Setting("max-output", "Tokens of one answer")]
    [Range(1, 4096)]
    public int MaxOutputTokens { get; init; } = 128;

    [Setting("margin", "Loss of success that still counts as none, as a share: 0.03 is three points")]
    [Range(0.001, 0.5)]
    public double Margin { get; init; } = 0.03;

    [Setting("volume", "Tasks over which the training is paid off in the cost per task")]
    [Range(1.0, 1e9)]
    public long AmortisedTasks { get; init; } = 10_000;

    [Setting("arms", "Arms beside A0 to A4: usual, all, or codes such as R-bm25-head-5,A3-router")]
    [TrialArmNames]
    public IReadOnlyList<string> Arms { get; init; } = [TrialArm.Usual];

    /// <summary>Arms run at a time.</summary>
    [JsonIgnore]
    [Range(1, 1024)]
    public int ArmsAtOnce { get; init; } = 2;

    /// <summary>Threads of each arm; another number may round differently.</summary>
    [Range(1, 1024)]
    public int ThreadsPerArm { get; init; } = 1;

    /// <summary>Seed of the bootstrap.</summary>
    public ulong Seed { get; init; } = 1;

    [Range(BootstrapOptions.DrawsMin, BootstrapOptions.DrawsMax)]
    public int BootstrapDraws { get; init; } = 10_000;

    [JsonIgnore]
    public BootstrapOptions Bootstrap => new(BootstrapDraws, Seed);
}

/// <summary>Names that <see cref="TrialArm.Named"/> knows.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TrialArmNamesAttribute : ValidationAttribute
{
    public TrialArmNamesAttribute()
        : base($"Give {TrialArm.Usual}, {TrialArm.Every}, or some of {string.Join(", ", TrialArm.Codes)}.") { }

    public override bool IsValid(object? value) => value is string name && TrialArm.IsName(name);
}
