using Distiller.Evaluation;

namespace Distiller.Tests.Evaluating;

public sealed class a_generated_call_is_judged_against_the_logged_one
{
    private const string Logged =
        "I look.\n<tool_call>\n{\"name\": \"find\", \"arguments\": {\"id\": \"A1\", \"n\": 2, \"o\": {\"x\": [1, 2], \"y\": null}}}\n</tool_call><|im_end|>";

    [TestCase(
        "<tool_call>{\"name\":\"find\",\"arguments\":{\"o\":{\"y\":null,\"x\":[1,2]},\"n\":2.0,\"id\":\"A1\"}}</tool_call>",
        CallVerdict.Same
    )]
    [TestCase(
        "Other words first.\n<tool_call>\n{\"arguments\": {\"id\": \"\\u0041\\u0031\", \"n\": 2, \"o\": {\"x\": [1, 2], \"y\": null}}, \"name\": \"find\"}",
        CallVerdict.Same
    )]
    [TestCase(
        "<tool_call>{\"name\":\"find\",\"arguments\":{\"id\":\"A1\",\"n\":2,\"o\":{\"x\":[2,1],\"y\":null}}}</tool_call>",
        CallVerdict.OtherArguments
    )]
    [TestCase(
        "<tool_call>{\"name\":\"find\",\"arguments\":{\"id\":\"A1\",\"n\":\"2\",\"o\":{\"x\":[1,2],\"y\":null}}}</tool_call>",
        CallVerdict.OtherArguments
    )]
    [TestCase("<tool_call>{\"name\":\"find\",\"arguments\":{}}</tool_call>", CallVerdict.OtherArguments)]
    [TestCase("<tool_call>{\"name\":\"Find\",\"arguments\":{\"id\":\"A1\"}}</tool_call>", CallVerdict.OtherName)]
    [TestCase(
        "<tool_call>{\"name\":\"look\",\"arguments\":{}}</tool_call><tool_call>{\"name\":\"find\",\"arguments\":{}}</tool_call>",
        CallVerdict.OtherName
    )]
    [TestCase("<tool_call>\n{\"name\": \"find\", \"argum", CallVerdict.BrokenJson)]
    [TestCase("<tool_call>find(A1)</tool_call>", CallVerdict.BrokenJson)]
    [TestCase("<tool_call>{\"name\":\"find\",\"arguments\":\"A1\"}</tool_call>", CallVerdict.BrokenJson)]
    [TestCase("{\"name\":\"find\",\"arguments\":{}}", CallVerdict.NoCall)]
    [TestCase("", CallVerdict.NoCall)]
    public void by_name_and_by_arguments_as_json(string generated, CallVerdict expected) =>
        CallJudge.Judge(Logged, generated).ShouldBe(expected);
}
