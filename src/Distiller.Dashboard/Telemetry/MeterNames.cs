namespace Distiller.Dashboard.Telemetry;

/// <summary>The meters and activity sources that are told outside.</summary>
internal static class MeterNames
{
    public const string Distiller = "Distiller";

    /// <summary>Memory, collections, processor time; the whole process has one.</summary>
    public const string Runtime = "System.Runtime";

    public static readonly string[] All =
    [
        Distiller,
        "Quartz",
        // Requests served, by route and status.
        "Microsoft.AspNetCore.Hosting",
        Runtime,
    ];

    public static readonly string[] Activities = [Distiller, "Quartz"];
}
