namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>
/// One request is written as several lines with the same id: it is counted once. Its output is a streaming
/// place-holder in the early lines, so the largest of each class is taken.
/// </summary>
internal static class ClaudeRequests
{
    public static List<ModelRequest> Merge(IEnumerable<ModelRequest> told)
    {
        var requests = new List<ModelRequest>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var request in told)
        {
            if (places.TryGetValue(request.Id, out var place))
            {
                var known = requests[place];
                requests[place] = known with
                {
                    Usage = Largest(known.Usage, request.Usage),
                    Model = known.Model ?? request.Model,
                };
            }
            else
            {
                places[request.Id] = requests.Count;
                requests.Add(request);
            }
        }

        return requests;
    }

    private static Usage Largest(Usage a, Usage b) =>
        new(
            Math.Max(a.Input, b.Input),
            Math.Max(a.CacheRead, b.CacheRead),
            Math.Max(a.CacheWrite, b.CacheWrite),
            Math.Max(a.Output, b.Output)
        );
}
