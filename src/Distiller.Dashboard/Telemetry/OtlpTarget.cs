using Distiller.Core;
using OpenTelemetry.Exporter;

namespace Distiller.Dashboard.Telemetry;

/// <summary>Where OTLP goes. Protocol, headers and time-out are the exporter's own <c>OTEL_EXPORTER_OTLP_*</c> variables.</summary>
internal sealed record OtlpTarget(Uri Endpoint, OtlpExportProtocol Protocol)
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <returns>Null: nothing is to be sent.</returns>
    /// <exception cref="BadInputException">The endpoint is not a URL.</exception>
    public static OtlpTarget? Of(DashboardOptions options)
    {
        var endpoint = options.OtlpEndpoint;
        if (endpoint is null)
        {
            var text = Environment.GetEnvironmentVariable(EndpointVariable);
            if (string.IsNullOrWhiteSpace(text))
            {
                return null;
            }

            if (!Uri.TryCreate(text, UriKind.Absolute, out endpoint) || endpoint.Scheme is not ("http" or "https"))
            {
                throw new BadInputException(
                    SourceLocation.Option("$" + EndpointVariable),
                    $"'{text}' is not a URL.",
                    "Write it as http://collector:4318, or unset it."
                );
            }
        }

        var isGrpc = Environment.GetEnvironmentVariable(ProtocolVariable) == "grpc";
        return new OtlpTarget(endpoint, isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf);
    }

    /// <param name="signal"><c>metrics</c> or <c>traces</c>.</param>
    public void Apply(OtlpExporterOptions exporter, string signal)
    {
        exporter.Protocol = Protocol;
        exporter.Endpoint =
            Protocol == OtlpExportProtocol.Grpc ? Endpoint : new Uri($"{Endpoint.ToString().TrimEnd('/')}/v1/{signal}");
    }
}
