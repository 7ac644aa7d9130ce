namespace Distiller.Evaluation;

/// <summary>Dated prices, as <c>prices.yaml</c> holds them.</summary>
/// <param name="Sha256">Of the file, lower-case hexadecimal.</param>
/// <param name="Primary">The price whose figures stand in the headline; one of <paramref name="Prices"/>.</param>
public sealed record PriceTable(
    string Sha256,
    Price Primary,
    IReadOnlyList<Price> Prices,
    IReadOnlyList<MachinePrice> Machines
);
