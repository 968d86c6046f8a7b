#include "recur/config/schema.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "pets.hpp"

namespace recur::config {
namespace {

namespace json = boost::json;

json::value pet_schema(bool partial = false) {
  Pet pet;
  return json_schema(bind(pet), partial, [](const std::string& path) { return json::object{{"$ref", "#/" + path}}; });
}

std::string at(const json::value& value, const char* pointer) { return json::serialize(value.at_pointer(pointer)); }

TEST(JsonSchemaTest, SaysTypesRangesChoicesAndDefaults) {
  const json::value schema = pet_schema();
  EXPECT_EQ(at(schema, "/additionalProperties"), "false");
  EXPECT_EQ(at(schema, "/required"), R"(["name"])");
  EXPECT_EQ(at(schema, "/properties/name"), R"({"type":"string","description":"what it is called"})");
  EXPECT_EQ(at(schema, "/properties/legs"), R"({"type":"integer","minimum":0,"default":4,"description":"how many legs"})");
  EXPECT_EQ(at(schema, "/properties/weight"), R"({"type":"number","minimum":0,"exclusiveMaximum":100,"default":1.5E0})");
  EXPECT_EQ(at(schema, "/properties/price/type"), R"(["number","null"])");
  EXPECT_EQ(at(schema, "/properties/toys/anyOf"), R"([{"type":"string"},{"type":"array","items":{"type":"string"}}])");
  EXPECT_EQ(at(schema, "/properties/plan/$ref"), R"("#/plan")");
}

TEST(JsonSchemaTest, AShorthandOrNullMayStandForAGroup) {
  const json::value schema = pet_schema();
  EXPECT_EQ(at(schema, "/properties/collar/anyOf/0/properties/colour/enum"), R"(["red","green","blue"])");
  EXPECT_EQ(at(schema, "/properties/collar/anyOf/1/enum"), R"(["red","green","blue"])");
  EXPECT_EQ(at(schema, "/properties/diet/anyOf/1"), R"({"type":"null"})");
}

TEST(JsonSchemaTest, EachKindRefusesTheKeysOfTheOthers) {
  const json::value schema = pet_schema();
  // The default kind holds also where kind is not written.
  EXPECT_EQ(at(schema, "/allOf/0/if"), R"({"properties":{"kind":{"const":"cat"}}})");
  EXPECT_EQ(at(schema, "/allOf/1/if"), R"({"properties":{"kind":{"const":"dog"}},"required":["kind"]})");
  EXPECT_EQ(at(schema, "/allOf/0/then/properties/breed"), "false");
  EXPECT_EQ(at(schema, "/allOf/0/then/properties/home/properties/sofa/type"), R"("string")");
  EXPECT_EQ(at(schema, "/allOf/1/then/properties/lives"), "false");
  EXPECT_EQ(at(schema, "/allOf/1/then/required"), R"(["breed"])");
  EXPECT_EQ(at(schema, "/properties/home"), "true");
}

TEST(JsonSchemaTest, APartialOneRequiresNothing) {
  EXPECT_EQ(json::serialize(pet_schema(true)).find("\"required\":[\"name\"]"), std::string::npos);
  EXPECT_EQ(at(pet_schema(true), "/allOf/0/if/required"), R"(["kind"])");
}

TEST(PrettyTest, IndentsWhatIsNestedAndKeepsTheValue) {
  const json::value value = json::parse(R"({"a":[1,2],"b":[{"c":null}],"d":{}})");
  EXPECT_EQ(pretty(value), "{\n  \"a\": [1,2],\n  \"b\": [\n    {\n      \"c\": null\n    }\n  ],\n  \"d\": {}\n}\n");
  EXPECT_EQ(json::parse(pretty(pet_schema())), pet_schema());
}

}  // namespace
}  // namespace recur::config
