namespace Distiller.Jobs.Scheduling.Store;

/// <summary>An alert that nobody has received yet.</summary>
/// <param name="Subject">The run, or the tenant and the night that is missing.</param>
/// <param name="Kind">For example <c>failed</c>; there is one alert for each subject and kind, ever.</param>
/// <param name="Body">The JSON document to deliver.</param>
/// <param name="Tries">With this one.</param>
public sealed record PendingAlert(string Subject, string Kind, string Body, int Tries);
