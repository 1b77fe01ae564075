//! What else was asked of the stack: outputs, resources, templates, exports.

use serde_json::{Value, json};

use super::super::super::value::{Different, differences, set_differences};
use super::super::column::Column;
use super::super::question::{self, PROCESSED_TEMPLATE};
use super::super::recording::Side;
use super::super::transcript::Reply;
use super::{Judge, RECORDED};

impl Judge<'_> {
    pub(super) fn outputs(&mut self) {
        let recorded = &self.case.recorded("stack_after")["Outputs"];
        if let Some(recorded) = recorded.as_array() {
            let ours = self.transcript.stack.as_ref();
            let ours = ours.and_then(|stack| stack["Outputs"].as_array());
            let ours = ours.map(Vec::as_slice).unwrap_or_default();
            let different = set_differences(&RECORDED, "Outputs", recorded, ours);
            self.compared(Column::Outputs, different);
        }
    }

    pub(super) fn answers(&mut self) {
        let transcript = self.transcript;
        let status = transcript.stack.as_ref();
        let status = status.and_then(|stack| stack["StackStatus"].as_str());
        if status.is_none_or(|status| status.starts_with("DELETE")) {
            return;
        }
        if let Some(reply) = transcript.answers.get(question::PROCESSED) {
            let recorded = self.case.recorded(PROCESSED_TEMPLATE);
            // Some recordings have the answer, some only the template in it.
            let template = recorded.get("TemplateBody").unwrap_or(recorded);
            let recorded = json!({"TemplateBody": template});
            let different = answer("the processed template", &recorded, reply);
            self.compared(Column::Answers, different);
        }
        for (key, recorded) in self.case.other() {
            if let Some(reply) = transcript.answers.get(&question::of_other(key)) {
                let recorded = self.as_it_is(recorded);
                self.compared(Column::Answers, answer(key, &recorded, reply));
            }
        }
    }

    /// A recorded answer without what is not about the stack.
    fn as_it_is(&self, recorded: &Value) -> Value {
        let mut recorded = recorded.clone();
        if let Some(resources) = recorded["StackResources"].as_array_mut() {
            for resource in resources.iter_mut().filter_map(Value::as_object_mut) {
                resource.remove("DriftInformation");
            }
        }
        let after = self.case.template(Side::After);
        let declared = after["Parameters"].as_object();
        let declares = declared.is_some_and(|parameters| !parameters.is_empty());
        if let Some(entries) = recorded.as_object_mut()
            && entries.contains_key("ResourceTypes")
        {
            entries.remove("Metadata");
            // The template of the test got its parameter after this was recorded.
            if declares && entries.get("Parameters") == Some(&json!([])) {
                entries.remove("Parameters");
            }
        }
        recorded
    }
}

/// The keys of answers that are lists of what belongs to a stack, in no order.
const LISTS: [&str; 3] = ["StackResources", "StackResourceSummaries", "Exports"];

fn answer(at: &str, recorded: &Value, reply: &Reply) -> Vec<Different> {
    let ours = match reply {
        Reply::Answer(answer) => answer,
        Reply::Refused(refused) => {
            let refused = Value::from(refused.to_string());
            return vec![(at.to_owned(), Some(recorded.clone()), Some(refused))];
        }
    };
    if let Some(list) = LISTS.into_iter().find(|list| recorded[*list].is_array()) {
        let items = |answer: &Value| answer[list].as_array().cloned().unwrap_or_default();
        return set_differences(&RECORDED, at, &items(recorded), &items(ours));
    }
    let recorded = recorded.get("StackResourceDetail").unwrap_or(recorded);
    let ours = ours.get("StackResourceDetail").unwrap_or(ours);
    if recorded.get("StagesAvailable").is_some() {
        let part = |answer: &Value| {
            let [body, stages] = ["TemplateBody", "StagesAvailable"].map(|key| answer[key].clone());
            json!({"TemplateBody": body, "StagesAvailable": stages})
        };
        return differences(&RECORDED, at, Some(&part(recorded)), Some(&part(ours)));
    }
    differences(&RECORDED, at, Some(recorded), Some(ours))
}
