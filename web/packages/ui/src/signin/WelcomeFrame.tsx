/** The way in for strangers, the same in both apps: words and providers on one side, a picture on the other. */
import { Alert, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../providers';
import { ProviderButtons } from './ProviderButtons';
import classes from './WelcomeFrame.module.css';

interface WelcomeFrameProps {
  /** In place of the word that a session has ended, e.g. after a farewell. */
  notice?: ReactNode;
  headline: string;
  lead: string;
  callbackPath: string;
  returnTo: string;
  /** Below the providers: what happens to somebody new. */
  newHere: ReactNode;
  /** Below everything, e.g. what the app can do. */
  children?: ReactNode;
  picture: ReactNode;
}

export function WelcomeFrame(props: WelcomeFrameProps) {
  const { t } = useTranslation('ui');
  const { ended } = useSession();
  return (
    <div className={classes.page}>
      <section className={classes.words}>
        {props.notice}
        {ended && props.notice === undefined && (
          <Alert color="yellow" mb="lg" role="status">
            {t('signIn.ended')}
          </Alert>
        )}
        <Title className={classes.headline}>{props.headline}</Title>
        <Text className={classes.lead}>{props.lead}</Text>
        <div className={classes.signIn}>
          <ProviderButtons callbackPath={props.callbackPath} returnTo={props.returnTo} />
          {props.newHere}
        </div>
        {props.children}
      </section>
      <div className={classes.picture}>{props.picture}</div>
    </div>
  );
}
