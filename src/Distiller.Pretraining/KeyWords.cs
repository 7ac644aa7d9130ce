namespace Distiller.Pretraining;

/// <summary>
/// The words by which an entry of a handbook is found. Each is looked for with a space before it, as it stands in a text.
/// </summary>
/// <param name="Subjects">The first word of an entry.</param>
/// <param name="Conditions">Its second word.</param>
/// <param name="Clues">Words by which people tell a condition without naming it.</param>
public sealed record KeyWords(
    IReadOnlyCollection<string> Subjects,
    IReadOnlyCollection<string> Conditions,
    IReadOnlyCollection<string> Clues
);
