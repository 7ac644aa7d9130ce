namespace Distiller.Opsdesk.Pretraining;

/// <summary>A piece of a row; the row is all of its pieces one after another, each made into tokens by itself.</summary>
/// <param name="IsLearnt">Whether the assistant writes it: what the loss and the exact match are taken on.</param>
/// <param name="Answer">
/// Index of the ticket within the row, from 0, so that an answer is right or wrong as a whole. The system prompt goes with
/// the first ticket.
/// </param>
public sealed record TextSegment(string Text, bool IsLearnt, int Answer);
