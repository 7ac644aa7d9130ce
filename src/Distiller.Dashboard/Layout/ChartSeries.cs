namespace Distiller.Dashboard.Layout;

/// <summary>One line of a chart.</summary>
/// <param name="Colour">A colour of the style sheet: <c>before</c>, <c>after</c> or <c>plain</c>.</param>
/// <param name="Values">One for each point of the chart; null where there is none.</param>
public sealed record ChartSeries(string Name, string Colour, IReadOnlyList<double?> Values);
