using System.Text.Json.Serialization;

namespace Distiller.Evaluation;

/// <summary>What can be said of one arm's success against another's, with the margin fixed beforehand.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrialVerdict>))]
public enum TrialVerdict
{
    /// <summary>None of the others: there are too few tasks to tell.</summary>
    [JsonStringEnumMemberName("inconclusive")]
    Inconclusive,

    /// <summary>The whole interval lies above zero.</summary>
    [JsonStringEnumMemberName("superior")]
    Superior,

    /// <summary>The whole interval lies above minus the margin.</summary>
    [JsonStringEnumMemberName("non-inferior")]
    NonInferior,

    /// <summary>The whole interval lies below zero, and the loss may be larger than the margin.</summary>
    [JsonStringEnumMemberName("inferior")]
    Inferior,
}
