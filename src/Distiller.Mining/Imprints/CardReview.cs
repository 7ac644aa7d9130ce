using System.Text.Json.Serialization;

namespace Distiller.Mining.Imprints;

/// <summary>What a person says of a card.</summary>
/// <param name="Card">The card's id.</param>
/// <param name="Decision"><see cref="CardDecision.None"/> takes an earlier one back.</param>
/// <param name="By">Who decides; 1 to 200 characters.</param>
/// <param name="Text">What the line shall say in place of what was mined, in one line of Markdown; null: as mined.</param>
public sealed record CardReview(
    string Card,
    [property: JsonConverter(typeof(JsonStringEnumConverter<CardDecision>))] CardDecision Decision,
    string By,
    DateTimeOffset At,
    string? Text = null
);

/// <summary>Whether a card stands in imprints.</summary>
public enum CardDecision
{
    /// <summary>Its value decides.</summary>
    None,

    /// <summary>Before all others, as long as it is mined.</summary>
    Accepted,

    /// <summary>Never.</summary>
    Rejected,
}
