namespace Distiller.Dashboard.Telemetry;

/// <summary>How the server writes its log to standard output.</summary>
public enum LogStyle
{
    /// <summary>A line for a person.</summary>
    Plain,

    /// <summary>One JSON object a line.</summary>
    Json,
}
