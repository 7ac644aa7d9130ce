namespace Distiller.Dashboard.Telemetry;

internal enum PrometheusType
{
    Gauge,
    Counter,
    Histogram,
}
